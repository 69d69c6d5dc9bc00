# **kw keeps the order of the call.
def f(**kw): return list(kw)
print(f(z=1, a=2, **{"m": 3}, b=4))  # expect: ['z', 'a', 'm', 'b']
print(dict(b=1, a=2))  # expect: {'b': 1, 'a': 2}
