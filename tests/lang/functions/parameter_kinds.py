# Positional-only, ordinary, starred, keyword-only and double-starred parameters.
def f(a, /, b, c=3, *args, d, e=5, **kw):
    return a, b, c, args, d, e, kw
print(f(1, 2, d=4))  # expect: (1, 2, 3, (), 4, 5, {})
print(f(1, b=2, d=4, x=9, a="kw"))  # expect: (1, 2, 3, (), 4, 5, {'x': 9, 'a': 'kw'})
print(f(1, 2, 3, 4, 5, d=6, e=7))  # expect: (1, 2, 3, (4, 5), 6, 7, {})
def g(*, k): return k
print(g(k=1))  # expect: 1
def h(a, b=2, /): return a, b
print(h(1), h(1, 3))  # expect: (1, 2) (1, 3)
