# property: getter, setter, deleter, and their errors.
class C:
    def __init__(self): self._x = 1
    @property
    def x(self):
        "the x"
        return self._x
    @x.setter
    def x(self, v): self._x = v
    @x.deleter
    def x(self): print("deleted")
    @property
    def ro(self): return "ro"
c = C()
c.x = 5
print(c.x, C.x.__doc__)  # expect: 5 the x
del c.x  # expect: deleted
for action in (lambda: setattr(c, "ro", 1), lambda: delattr(c, "ro")):
    try:
        action()
    except AttributeError as e:
        print(e)  # expect: property 'ro' of 'C' object has no setter
        # expect: property 'ro' of 'C' object has no deleter
class D:
    y = property(None, lambda self, v: None)
try:
    D().y
except AttributeError as e:
    print(e)  # expect: property 'y' of 'D' object has no getter
