# Sequence patterns match lists and tuples by length, not strings or sets.
def f(x):
    match x:
        case []: return "empty"
        case [a]: return f"one {a}"
        case [1, *rest, 9]: return f"1 to 9 {rest}"
        case (a, (b, c)): return f"nested {a} {b} {c}"
        case [first, *_]: return f"many from {first}"
        case _: return "no sequence"

for x in ([], (), [7], [1, 2, 3, 9], (1, [2, 3]), (4, 5, 6), "ab", {1, 2}, range(3), b"xy", iter([1])):
    print(f(x))  # expect: empty
    # expect: empty
    # expect: one 7
    # expect: 1 to 9 [2, 3]
    # expect: nested 1 2 3
    # expect: many from 4
    # expect: no sequence
    # expect: no sequence
    # expect: many from 0
    # expect: no sequence
    # expect: no sequence
