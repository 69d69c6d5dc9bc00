# Mapping patterns ask for keys; more keys do not hurt; **rest takes them.
def f(x):
    match x:
        case {"kind": "point", "at": [x, y]}: return f"point {x} {y}"
        case {"kind": kind, **rest} if rest: return f"{kind} {rest}"
        case {1: a, -2: b}: return f"{a}{b}"
        case {}: return "mapping"
        case _: return "none"

for x in ({"kind": "point", "at": (1, 2), "z": 0}, {"kind": "k", "a": 1}, {"kind": "k"}, {1: "a", -2: "b"}, {}, []):
    print(f(x))  # expect: point 1 2
    # expect: k {'a': 1}
    # expect: mapping
    # expect: ab
    # expect: mapping
    # expect: none
