# A StopIteration that escapes from a generator's body becomes a RuntimeError.
def f():
    yield 1
    next(iter([]))

g = f()
print(next(g))  # expect: 1
try:
    next(g)
except RuntimeError as e:
    print(e, repr(e.__cause__))  # expect: generator raised StopIteration StopIteration()
