# Closures.
def make(n):
    def add(x):
        nonlocal n
        n += x
        return n
    return add
add = make(1)
print(add(2), add(3))  # expect: 3 6
