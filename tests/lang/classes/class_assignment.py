# The class of an object can be changed to one of the same layout.
class A:
    def who(self): return "A"
class B:
    def who(self): return "B"
o = A()
o.x = 1
o.__class__ = B
print(o.who(), o.x, type(o).__name__)  # expect: B 1 B
class S:
    __slots__ = "a"
for cls in (S, int, 5):
    try:
        o.__class__ = cls
    except TypeError as e:
        print(e)  # expect: __class__ assignment: 'S' object layout differs from 'B'
        # expect: __class__ assignment only supported for mutable types or ModuleType subclasses
        # expect: __class__ must be set to a class, not 'int' object
