# Slots.
class A:
    __slots__ = ('x', 'y')
a = A()
a.x = 1
print(a.x, hasattr(a, 'y'))  # expect: 1 False
