# any, all, sum, sorted, list, tuple, next and send of a generator: values, ends, errors, lifetimes.
import sys


class Truth:
    def __init__(self, truth):
        self.truth = truth

    def __bool__(self):
        print("asked", self.truth)
        return self.truth


class Money:
    def __init__(self, n):
        self.n = n

    def __radd__(self, other):
        return Money(self.n + other)

    def __add__(self, other):
        return Money(self.n + (other if isinstance(other, int) else other.n))


def give(*values):
    try:
        for value in values:
            yield value
    finally:
        print("end", end=" ")


print(any(give()), any(give(0, None, False)), any(give(0, 2, 3)), any(give("", "a")), any(give(0.0, 1)))
# expect: end end end end end False False True True True
print(all(give()), all(give(1, True, 0, 1)), all(give(1, "", 2)), all(give(1, 2.5, [0])))
# expect: end end end end True False False True
print(any(give(Truth(False), 0, Truth(True), 1)))
# expect: asked False
# expect: asked True
# expect: end True
print(all(give(1, Truth(True), 0)))
# expect: asked True
# expect: end False
print(sum(give()), sum(give(1, 2, 3)), sum(give(1, 2.5, 3)), sum(give(0.5, 0.25)), sum(give(-0.0)))
# expect: end end end end end 0 6 6.5 0.75 0.0
print(sum(give(1 << 62, 1 << 62, -5)), sum(give(True, 2)), sum(give(1e300, 1e300)), sum(give(1, 1j)))
# expect: end end end end 9223372036854775803 3 2e+300 (1+1j)
print(sum(give(1, Money(2), 3, Money(4))).n, sum(give(1, 2), 10))
# expect: end end 10 13
print(list(give(1, "a", [])), tuple(give(1, 2)), tuple(give()), list(give()), sorted(give(3, 1, 2)))
# expect: end end end end end [1, 'a', []] (1, 2) () [] [1, 2, 3]
print(sorted(give(3, 1, 2), reverse=True), len(list(i for i in range(1000))))
# expect: end [3, 2, 1] 1000
print([list(x for x in range(n)) for n in range(3)], sum(sum(j for j in range(i)) for i in range(5)))
# expect: [[], [0], [0, 1]] 10


def error_of(f):
    try:
        print(f())
    except Exception as error:
        where = error.__traceback__
        lines = []
        while where:
            lines.append(where.tb_lineno - f.__code__.co_firstlineno)
            where = where.tb_next
        print(type(error).__name__, error, lines[1:])


def broken(error):
    yield 1
    raise error


error_of(lambda: sum(broken(ValueError("x"))))      # expect: ValueError x [0, -3]
error_of(lambda: list(broken(StopIteration(3))))    # expect: RuntimeError generator raised StopIteration [0]
error_of(lambda: sum(give(1, "a")))                 # expect: end TypeError unsupported operand type(s) for +: 'int' and 'str' [0]
error_of(lambda: sorted(give(1, "a")))              # expect: end TypeError '<' not supported between instances of 'str' and 'int' [0]
error_of(lambda: any(1 // n for n in (1, 0)))       # expect: True
error_of(lambda: all(1 // n for n in (1, 0)))       # expect: ZeroDivisionError integer division or modulo by zero [0, 0]


def echo():
    got = yield "start"
    while got != "stop":
        got = yield got
    return "done"


e = echo()
error_of(lambda: e.send(1))                     # expect: TypeError can't send non-None value to a just-started generator [0]
print(e.send(None), e.send(1), e.send([2]), next(e))    # expect: start 1 [2] None
error_of(lambda: e.send("stop"))                # expect: StopIteration done [0]
error_of(lambda: e.send(1))                     # expect: StopIteration  [0]
error_of(lambda: next(e))                       # expect: StopIteration  [0]
print(next(e, "none left"))                     # expect: none left
e = echo()
print(next(e), next(e, 5))                      # expect: start None


def outer():
    result = yield from echo()
    yield result


o = outer()
print(next(o), o.send(7), o.send("stop"))       # expect: start 7 done

def walk(n):
    if n:
        yield from walk(n - 1)
        yield n
        yield from walk(n - 1)


print(list(walk(3)), sum(walk(4)), any(x > 3 for x in walk(3)))     # expect: [1, 2, 1, 3, 1, 2, 1] 26 False


def own():
    yield 1
    try:
        print(next(me))
    except ValueError as error:
        print(error)
    yield me.gi_running
    yield [me.gi_frame.f_back.f_code.co_name]


me = own()
print(list(me), me.gi_frame)
# expect: generator already executing
# expect: [1, True, ['<module>']] None


def handled():
    yield sys.exc_info()[0]
    try:
        1 // 0
    except ZeroDivisionError:
        yield sys.exc_info()[0]
    yield sys.exc_info()[0]


try:
    [][0]
except IndexError:
    print([cls.__name__ for cls in tuple(handled())], sys.exc_info()[0].__name__)
# expect: ['IndexError', 'ZeroDivisionError', 'IndexError'] IndexError


class Loud:
    def __init__(self, name):
        self.name = name

    def __del__(self):
        print("gone", self.name)


def loud(n):
    for i in range(n):
        yield Loud(i)


print(any(loud(2)))
# expect: gone 0
# expect: True
print(all(loud(2)))
# expect: gone 0
# expect: gone 1
# expect: True
print(len(list(loud(2))))
# expect: gone 1
# expect: gone 0
# expect: 2
events = []


def tracer(frame, event, arg):
    if frame.f_code.co_name == "<genexpr>":
        events.append(event)
    return tracer


def traced():
    return sum(i for i in (1, 2))


def setter(i):
    if i == 2:
        sys.settrace(tracer)
    return i


sys.settrace(tracer)
traced()
sys.settrace(None)
print(events)
# expect: ['call', 'line', 'return', 'call', 'line', 'return', 'call', 'line', 'return']
del events[:]
print(sum(setter(i) for i in (1, 2, 3, 4)), sys.settrace(None), events)
# expect: 10 None ['call', 'line', 'return', 'call', 'line', 'return', 'call', 'line', 'return']
sys.setrecursionlimit(60)


def deep():
    return sum(deep() for _ in (1,))


try:
    deep()
except RecursionError as error:
    print(error)                                # expect: maximum recursion depth exceeded
