# Unpacking takes any iterable; a star takes what is left.
a, b = "xy"
[c, (d, e)] = [1, (2, 3)]
*f, g = range(4)
h, *i, j = {1: 0, 2: 0}
print(a, b, c, d, e, f, g, h, i, j)  # expect: x y 1 2 3 [0, 1, 2] 3 1 [] 2
k = l = [0]
k, k[0:1] = [5, 6], "zz"
print(k, l)  # expect: ['z', 'z', 6] [0]
x, y = 1, 2
x, y = y, x
print(x, y)  # expect: 2 1
(m), = [n] = [9]
print(m, n)  # expect: 9 9
