# types.SimpleNamespace holds attributes and compares by them.
from types import SimpleNamespace as N
n = N(a=1, b="x")
print(n, n == N(b="x", a=1), n.a, vars(n))  # expect: namespace(a=1, b='x') True 1 {'a': 1, 'b': 'x'}
n.c = n
print(n)  # expect: namespace(a=1, b='x', c=namespace(...))
del n.c
for f in (lambda: N(1), lambda: n.z, lambda: n < n):
    try:
        f()
    except (TypeError, AttributeError) as e:
        print(e)  # expect: no positional arguments expected
        # expect: 'types.SimpleNamespace' object has no attribute 'z'
        # expect: '<' not supported between instances of 'dict' and 'dict'
