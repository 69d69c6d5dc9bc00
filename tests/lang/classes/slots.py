# __slots__ leaves no room for other attributes.
class P:
    __slots__ = ("x", "y")
    def __init__(self): self.x = 1

p = P()
print(p.x, hasattr(p, "__dict__"))  # expect: 1 False
for name in ("y", "z"):
    try:
        getattr(p, name)
    except AttributeError as e:
        print(e)  # expect: 'P' object has no attribute 'y'
        # expect: 'P' object has no attribute 'z'
try:
    p.z = 1
except AttributeError as e:
    print(e)  # expect: 'P' object has no attribute 'z'
del p.x
try:
    del p.x
except AttributeError as e:
    print(e)  # expect: x
print(type(P.x), P.x)  # expect: <class 'member_descriptor'> <member 'x' of 'P' objects>

class Q(P): pass
q = Q()
q.z = 1
print(q.__dict__)  # expect: {'z': 1}
class R(P):
    __slots__ = ["z", "__dict__"]
r = R()
r.z = 1
r.w = 2
print(r.__dict__)  # expect: {'w': 2}
