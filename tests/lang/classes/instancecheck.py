# isinstance and issubclass ask the metaclass; tuples and unions are searched.
class Meta(type):
    def __instancecheck__(cls, o): return o == "yes"
    def __subclasscheck__(cls, c): return c is int
class C(metaclass=Meta): pass
print(isinstance("yes", C), isinstance("no", C), issubclass(int, C), issubclass(str, C))  # expect: True False True False
print(isinstance(1, (str, (float, int))), isinstance(1, int | str), isinstance(None, int | None))  # expect: True True True
for bad in (1, (int, 1), list[int]):
    try:
        isinstance("", bad)
    except TypeError as e:
        print(e)  # expect: isinstance() arg 2 must be a type, a tuple of types, or a union
        # expect: isinstance() arg 2 must be a type, a tuple of types, or a union
        # expect: isinstance() argument 2 cannot be a parameterized generic
try:
    issubclass(1, int)
except TypeError as e:
    print(e)  # expect: issubclass() arg 1 must be a class
