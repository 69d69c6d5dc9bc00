# list() takes any iterable; a length hint that lies does no harm.
print(list(), list("ab"), list({"k": 1}), list(range(3)), list(x for x in "yz"), [*"ab", 1])  # expect: [] ['a', 'b'] ['k'] [0, 1, 2] ['y', 'z'] ['a', 'b', 1]
class Hint:
    def __init__(self, h): self.h = h
    def __length_hint__(self): return self.h
    def __iter__(self): return iter([1, 2])
print(list(Hint(0)), list(Hint(1000)))  # expect: [1, 2] [1, 2]
for h in (-1, "x", 1.5):
    try:
        list(Hint(h))
    except (ValueError, TypeError) as e:
        print(type(e).__name__, e)  # expect: ValueError __length_hint__() should return >= 0
        # expect: TypeError __length_hint__ must be an integer, not str
        # expect: TypeError __length_hint__ must be an integer, not float
l = [1]
l.__init__("xy")
print(l)  # expect: ['x', 'y']
try:
    list(5)
except TypeError as e:
    print(e)  # expect: 'int' object is not iterable
try:
    list(1, 2)
except TypeError as e:
    print(e)  # expect: list expected at most 1 argument, got 2
