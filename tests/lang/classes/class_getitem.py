# C[x] calls __class_getitem__, a class method without saying so.
class C:
    def __class_getitem__(cls, item):
        return f"{cls.__name__}[{item!r}]"

class D(C): pass
print(C[int], D[1, 2])  # expect: C[<class 'int'>] D[(1, 2)]
class E: pass
try:
    E[1]
except TypeError as e:
    print(e)  # expect: type 'E' is not subscriptable
