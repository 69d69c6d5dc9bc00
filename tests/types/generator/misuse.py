# What generators and coroutines refuse.
def g(): yield
async def c(): pass
i = g()
co = c()
for f in (lambda: next(co), lambda: iter(co), lambda: len(i), lambda: i[0], lambda: type(i)(), lambda: i + i, lambda: i.send(), lambda: i.throw(), lambda: type(co)()):
    try:
        f()
    except TypeError as e:
        print(e)  # expect: 'coroutine' object is not an iterator
        # expect: 'coroutine' object is not iterable
        # expect: object of type 'generator' has no len()
        # expect: 'generator' object is not subscriptable
        # expect: cannot create 'generator' instances
        # expect: unsupported operand type(s) for +: 'generator' and 'generator'
        # expect: generator.send() takes exactly one argument (0 given)
        # expect: throw expected at least 1 argument, got 0
        # expect: cannot create 'coroutine' instances
co.close()
print(iter(i) is i, type(i).__name__, type(co).__name__, i.__name__)  # expect: True generator coroutine g
