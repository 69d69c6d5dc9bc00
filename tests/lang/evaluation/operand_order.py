# Operands are evaluated from left to right; the right side of = goes first.
def f(x):
    print(x, end=" ")
    return x
d = {}
d[f("key")] = f("value")  # expect: value key
print()
f(1) + f(2) * f(3) - f(4)  # expect: 1 2 3 4
print()
(lambda *a, **k: 0)(f(1), *[f(2)], f(3), k=f(4), **{"l": f(5)})  # expect: 1 2 3 4 5
print()
[f(1), f(2)][f(0)]  # expect: 1 2 0
print()
{f("a"): f(1), f("b"): f(2)}  # expect: a 1 b 2
print()
f(1) < f(2) < f(0) < f(9)  # expect: 1 2 0
print()
f(5) if f(0) else f(6)  # expect: 0 6
print()
d[f("x")], d[f("y")] = f(1), f(2)  # expect: 1 2 x y
print()
