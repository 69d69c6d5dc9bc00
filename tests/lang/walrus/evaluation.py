# An operand to the left of a walrus keeps the value that it had.
x = 1
print(x + (x := 5), x)  # expect: 6 5
def f(x):
    return x, (x := x + 1), x, [x, x := 10, x]
print(f(1))  # expect: (1, 2, 2, [2, 10, 10])
def g(a):
    return a.append((a := [7])) or a
l = []
print(g(l), l)  # expect: [7] [[7]]
