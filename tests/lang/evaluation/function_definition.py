# Decorators, then defaults, then annotations are evaluated, from left to right.
def f(x):
    print(x, end=" ")
    return lambda g: g
@f("deco")
def g(a: f("ann a") = f("default a"), *, b: f("ann b") = f("default b")) -> f("ann return"): pass
# expect: deco default a default b ann a ann b ann return
print()
h = lambda x=f("lambda default"): x  # expect: lambda default
print()
