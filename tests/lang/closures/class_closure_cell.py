# A method that names super or __class__ has a cell with the class in it.
class A:
    def f(self):
        return __class__

class B(A):
    pass

print(B().f() is A)  # expect: True
print(A.f.__code__.co_freevars)  # expect: ('__class__',)
print(A.f.__closure__[0].cell_contents is A)  # expect: True
