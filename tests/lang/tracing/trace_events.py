# sys.settrace is told of calls, lines, exceptions and returns, of generators too.
import sys


def tracer(frame, event, argument):
    if event == "exception":
        argument = argument[0].__name__
    print(frame.f_code.co_name, event, frame.f_lineno - frame.f_code.co_firstlineno, argument)
    return tracer


def items(count):
    for i in range(count):
        if i % 2:
            yield i
    try:
        1 / 0
    except ZeroDivisionError:
        x = 3
    return x


def outer():
    total = sum(items(2))
    while total < 3:
        total += 1
    return (lambda: total)()


sys.settrace(tracer)
outer()
sys.settrace(None)
outer()
# expect: outer call 0 None
# expect: outer line 1 None
# expect: items call 0 None
# expect: items line 1 None
# expect: items line 2 None
# expect: items line 1 None
# expect: items line 2 None
# expect: items line 3 None
# expect: items return 3 1
# expect: items call 3 None
# expect: items line 1 None
# expect: items line 4 None
# expect: items line 5 None
# expect: items exception 5 ZeroDivisionError
# expect: items line 6 None
# expect: items line 7 None
# expect: items line 8 None
# expect: items return 8 3
# expect: outer line 2 None
# expect: outer line 3 None
# expect: outer line 2 None
# expect: outer line 3 None
# expect: outer line 2 None
# expect: outer line 4 None
# expect: <lambda> call 0 None
# expect: <lambda> line 0 None
# expect: <lambda> return 0 3
# expect: outer return 4 3
