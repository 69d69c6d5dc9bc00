# throw takes an exception, or a class with a value; anything else is refused.
def f():
    yield

for args in [(ValueError,), (ValueError, "v"), (ValueError("w"),), (ValueError, ValueError("x"))]:
    g = f()
    next(g)
    try:
        g.throw(*args)
    except ValueError as e:
        print(repr(e))  # expect: ValueError()
        # expect: ValueError('v')
        # expect: ValueError('w')
        # expect: ValueError('x')
for args in [(1,), (ValueError("x"), 2), ("s",)]:
    g = f()
    try:
        g.throw(*args)
    except TypeError as e:
        print(e)  # expect: exceptions must be classes or instances deriving from BaseException, not int
        # expect: instance exception may not have a separate value
        # expect: exceptions must be classes or instances deriving from BaseException, not str
