# Stars in displays and calls.
a, d = [1, 2], {"x": 1}
print([*a, 0, *"ab"], (*a,), {*a, 3}, {**d, "y": 2, **{"x": 9}})  # expect: [1, 2, 0, 'a', 'b'] (1, 2) {1, 2, 3} {'x': 9, 'y': 2}
print(*a, *[3], sep="-")  # expect: 1-2-3
def f(*args, **kw): return args, kw
print(f(*a, 5, *(), k=1, **d))  # expect: ((1, 2, 5), {'k': 1, 'x': 1})
print(*[], end="end\n")  # expect: end
x = *a, 9
print(x)  # expect: (1, 2, 9)
for i in *a, 7: print(i, end=" ")  # expect: 1 2 7
print()
def g(): return *a, 8
print(g())  # expect: (1, 2, 8)
