# A generator cannot be resumed while it runs.
def f():
    try:
        next(g)
    except ValueError as e:
        print(e)
    yield 1

g = f()
next(g)  # expect: generator already executing
