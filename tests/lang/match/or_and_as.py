# Alternatives bind the same names; as binds what a pattern matched.
def f(x):
    match x:
        case [("a" | "b") as letter, (int() | None) as n] as whole: return letter, n, whole
        case {"x": n} | {"y": n}: return n
        case (1, n) | (n, 1): return ("one", n)
for x in (["a", 1], ("b", None), {"y": 3}, (1, 5), (6, 1), ["c", 1]):
    print(f(x))  # expect: ('a', 1, ['a', 1])
    # expect: ('b', None, ('b', None))
    # expect: 3
    # expect: ('one', 5)
    # expect: ('one', 6)
    # expect: ('one', 'c')
