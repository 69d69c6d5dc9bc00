# What code has learned by running does not show in it, and is not copied with it.
class Point:
    def __init__(self):
        self.x, self.y = "x", "y"

    def get(self):
        return "get"


class Other(Point):
    pass


def read(p):
    p.x
    p.get()
    return p.x


def make():
    space = {}
    exec(compile("def f(p):\n    p.get()\n    return p.x, len(p.x)\n", "m", "exec"), space)
    return space["f"]


points = Point(), Other(), Point()
points[2].z = 1
before = read.__code__.co_code
f, g = make(), make()
for p in points * 3:
    read(p), f(p)
print(read.__code__.co_code == before)          # expect: True
print(f.__code__ == g.__code__)                 # expect: True
print(hash(f.__code__) == hash(g.__code__))     # expect: True
for p in points * 3:
    read(p)
names = tuple({"x": "y"}.get(name, name) for name in read.__code__.co_names)
other = type(read)(read.__code__.replace(co_names=names), globals())
print({other(p) for p in points}, {read(p) for p in points})            # expect: {'y'} {'x'}

# A class that changes makes every cache forget; the copy's are its own.
Point.x = property(lambda self: "property", lambda self, value: None)
print(other(points[0]), read(points[0]))        # expect: y property
del read, other, f, g
print(len([make() for _ in range(100)]))        # expect: 100
