# A function's code can be exchanged for one with as many free variables.
def f(): return "f"
def g(x=1): return "g", x
f.__code__ = g.__code__
try:
    f()
except TypeError as e:
    print(e)  # expect: f() missing 1 required positional argument: 'x'
print(f(5))  # expect: ('g', 5)
def h():
    y = 1
    return lambda: y
try:
    f.__code__ = h().__code__
except ValueError as e:
    print(e)  # expect: f() requires a code object with 0 free vars, not 1
