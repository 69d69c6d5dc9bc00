# Decorators are applied from the bottom up; any expression may stand there.
def add(n):
    return lambda f: lambda *a: f(*a) + n
@add(1)
@add(10)
def f(x): return x
print(f(0))  # expect: 11
registry = [lambda f: (f.__name__, f)]
@registry[0]
def g(): pass
print(g[0])  # expect: g
@(lambda c: "replaced")
class C: pass
print(C)  # expect: replaced
@repr
def h(): pass
print(type(h), h[:11])  # expect: <class 'str'> <function h
