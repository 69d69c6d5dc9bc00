# A positional-only name may be used again as a keyword.
def f(self, /, **kw): return self, kw
print(f(1, self=2))  # expect: (1, {'self': 2})
print(dict(self=1), "{self}".format(self=3))  # expect: {'self': 1} 3
