# A chain of yield from resumes every generator of it: f_back, tracebacks and sys._getframe see them.
import sys


def names():
    frame = sys._getframe(1)
    found = []
    while frame.f_code.co_name != "<module>":
        found.append(frame.f_code.co_name)
        frame = frame.f_back
    return found


def leaf():
    yield names()
    received = yield names()
    yield received
    raise KeyError("leaf")


def middle():
    try:
        yield from leaf()
    finally:
        print("middle ends")


def outer():
    yield from middle()


def consumer(generator):
    print(next(generator))
    print(next(generator))
    print(generator.send("sent"))
    try:
        for item in generator:
            print(item)
    except KeyError as e:
        tb = e.__traceback__
        while tb:
            print(tb.tb_frame.f_code.co_name, end=" ")
            tb = tb.tb_next
        print()


consumer(outer())


def deep(n):
    if n:
        yield from deep(n - 1)
    else:
        yield 1
        yield 2


for item in deep(200):
    print(item)


def too_deep():
    yield from too_deep()


try:
    next(too_deep())
except RecursionError as e:
    print(e)
# expect: ['leaf', 'middle', 'outer', 'consumer']
# expect: ['leaf', 'middle', 'outer', 'consumer']
# expect: sent
# expect: middle ends
# expect: consumer outer middle leaf 
# expect: 1
# expect: 2
# expect: maximum recursion depth exceeded
