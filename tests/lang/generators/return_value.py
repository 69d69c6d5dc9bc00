# return in a generator is StopIteration with a value.
def f():
    yield 1
    return {"a": 1}

g = f()
next(g)
try:
    next(g)
except StopIteration as e:
    print(e.value, e.args)  # expect: {'a': 1} ({'a': 1},)
try:
    next(g)
except StopIteration as e:
    print(e.value, e.args)  # expect: None ()
print(next(g, "default"))  # expect: default
