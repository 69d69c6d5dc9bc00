# Defaults and keyword-only parameters.
def f(a=[1], *, k={'x': 2}): return a, k
print(f(), f(5, k=6), f.__kwdefaults__)  # expect: ([1], {'x': 2}) (5, 6) {'k': {'x': 2}}
