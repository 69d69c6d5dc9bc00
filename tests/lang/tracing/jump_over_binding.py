# A jump over the binding of a variable never runs into an empty register: it is None then.
# only: ounce
import sys


def function():
    x = []
    y = len("abc")
    x.append(y)
    print(x, y)


def tracer(frame, event, argument):
    if event == "line" and frame.f_lineno == function.__code__.co_firstlineno + 2:
        frame.f_lineno += 1
    return tracer


sys.settrace(tracer)
function()  # expect: [None] None
