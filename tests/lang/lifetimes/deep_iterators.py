# Chains of iterators that are too deep for the C stack raise RecursionError, and die whole.
# CPython 3.11 crashes here.
# only: ounce
import itertools
import types

DEPTH = 150_000


def chain(wrap):
    iterator = iter([1])
    for _ in range(DEPTH):
        iterator = wrap(iterator)
    try:
        return next(iterator)
    except RecursionError:
        return "too deep"


def wait(inner):
    yield inner


print(chain(lambda i: map(abs, i)))  # expect: too deep
print(chain(lambda i: filter(None, i)))  # expect: too deep
print(chain(lambda i: zip(i)))  # expect: too deep
print(chain(enumerate))  # expect: too deep
print(chain(itertools.chain))  # expect: too deep
print(chain(lambda i: itertools.islice(i, 1)))  # expect: too deep
print(chain(lambda i: (x for x in i)))  # expect: too deep

method = int
for _ in range(DEPTH):
    method = types.MethodType(method, 1)
try:
    method.no_such_attribute
except RecursionError:
    print("too deep")  # expect: too deep
del method

suspended = None
for _ in range(DEPTH):
    suspended = wait(suspended)
    next(suspended)
del suspended
print("done")  # expect: done
