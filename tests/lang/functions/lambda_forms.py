# lambda takes every kind of parameter.
print((lambda a, /, b=2, *c, d, **e: (a, b, c, d, e))(1, d=4, f=5))  # expect: (1, 2, (), 4, {'f': 5})
print((lambda *, k: k)(k=1), (lambda: (yield))().__class__.__name__)  # expect: 1 generator
print((lambda x: lambda y: x + y)(1)(2), (lambda: 1).__name__)  # expect: 3 <lambda>
