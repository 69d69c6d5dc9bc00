# A name with two leading underscores gets the class's name in front.
class A:
    __x = 1
    __y__ = 2
    def __f(self): return self.__x
    def g(self):
        __local = 5
        return self.__f(), sorted(locals())
    def h(self):
        return [self.__x for _ in "a"]

class _B:
    __x = "stripped"

print([n for n in vars(A) if "x" in n or "y" in n])  # expect: ['_A__x', '__y__']
print(A().g())  # expect: (1, ['_A__local', 'self'])
print(A().h())  # expect: [1]
print(vars(_B)["_B__x"])  # expect: stripped
try:
    A.__x
except AttributeError as e:
    print(e)  # expect: type object 'A' has no attribute '__x'
class ___:
    __x = 1
print("__x" in vars(___))  # expect: True
