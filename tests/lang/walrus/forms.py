# := binds and gives the value.
if (n := len("abc")) > 2:
    print(n)  # expect: 3
print((a := 1) + (b := 2), a, b)  # expect: 3 1 2
while (n := n - 1) > 0:
    print("n", n)  # expect: n 2
    # expect: n 1
print([y := 5, y ** 2], y)  # expect: [5, 25] 5
def f(x=(z := 9)): return x
print(f(), z)  # expect: 9 9
print(f(x=(w := 3)), w)  # expect: 3 3
print({(k := "key"): k})  # expect: {'key': 'key'}
x = [1, 2, 3]
print(x[(i := 1)], x[i := 2])  # expect: 2 3
