# Class patterns test isinstance, positions by __match_args__, names by attribute.
class Point:
    __match_args__ = ("x", "y")
    def __init__(self, x, y): self.x, self.y = x, y

def f(p):
    match p:
        case Point(0, 0): return "origin"
        case Point(x, y=0): return f"on x at {x}"
        case Point(x=0): return f"on y at {p.y}"
        case Point(): return "point"
        case int(n) | float(n): return f"number {n}"
        case str() as s: return f"text {s}"
        case [int(), [str(), *_]]: return "list"

for p in (Point(0, 0), Point(3, 0), Point(0, 4), Point(1, 1), 5, 2.5, True, "s", [1, ["x", 2]], None):
    print(f(p))  # expect: origin
    # expect: on x at 3
    # expect: on y at 4
    # expect: point
    # expect: number 5
    # expect: number 2.5
    # expect: number True
    # expect: text s
    # expect: list
    # expect: None
