# What is thrown shows its way: delegating generators are callers, a fresh generator fails in its first line.
import sys


def callers(frame):
    names = []
    while frame and frame.f_code.co_name != "<module>":
        names.append(frame.f_code.co_name)
        frame = frame.f_back
    return names


def inner():
    try:
        yield 1
    except ValueError:
        print(callers(sys._getframe()))
        yield 2


def middle():
    local = "kept"
    yield from inner()
    print(local)


def outer():
    yield from middle()


def entries(error):
    found, tb = [], error.__traceback__
    while tb:
        found.append((tb.tb_frame.f_code.co_name, tb.tb_lineno))
        tb = tb.tb_next
    return found


g = outer()
print(next(g), g.throw(ValueError), list(g))
# expect: ['inner', 'middle', 'outer']
# expect: kept
# expect: 1 2 []

try:
    outer().throw(KeyError)
except KeyError as error:
    print(entries(error))                   # expect: [('<module>', 46), ('outer', 27)]

g = outer()
next(g)
try:
    g.throw(KeyError)
except KeyError as error:
    print(entries(error))
    # expect: [('<module>', 53), ('outer', 28), ('middle', 23), ('inner', 15)]


# An exception that cannot be made fails inside too, and ends the generator.
class Wrong(Exception):
    def __new__(cls):
        return 3


g = outer()
try:
    g.throw(Wrong)
except TypeError as error:
    print(error)
# expect: calling <class '__main__.Wrong'> should have returned an instance of BaseException, not int
print(list(g))                              # expect: []
