# yield from.
def a():
    x = yield from b()
    yield x
def b():
    yield 1
    return 2
print(list(a()))  # expect: [1, 2]
