# match with classes, mappings, stars, guards and alternatives.
class Point:
    __match_args__ = ("x", "y")
    def __init__(self, x, y): self.x, self.y = x, y
def name(value):
    match value:
        case Point(0, y=0): return "origin"
        case Point(x, y) if x == y: return f"diagonal {x}"
        case Point(): return "point"
        case {"kind": "a" | "b" as kind, **rest}: return kind, rest
        case [int() | float() as first, *_, {"last": last}]: return first, last
        case (1, 2) | [3, *_]: return "pair"
        case str(text) | bytes(text): return text
        case None | True | -1.5 | 2j: return "constant"
print(*map(name, [Point(0, 0), Point(2, 2), Point(1, 2), {"kind": "b", "x": [1]}, [1.5, 2, {"last": 3}], (1, 2), range(3), b"b", None, -1.5, {}]))
# expect: origin diagonal 2 point ('b', {'x': [1]}) (1.5, 3) pair None b'b' constant constant None
