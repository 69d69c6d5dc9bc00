# Calls with every kind of argument.
def f(a, *b, c=1, **d): return a, b, c, d
print(f(1, 2, 3, c=4, e=5), f(*[1], **{'z': 2}))  # expect: (1, (2, 3), 4, {'e': 5}) (1, (), 1, {'z': 2})
