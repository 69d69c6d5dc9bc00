# What a trace function stores in f_locals arrives in the variables, cells too.
import sys


def tracer(frame, event, argument):
    if event == "line" and "b" in frame.f_locals:
        values = frame.f_locals
        values["a"] = 10
        values["cell"] = 20
    return tracer


def traced():
    a = 1
    cell = 2
    b = 3
    print(a, cell, (lambda: cell)())


sys.settrace(tracer)
traced()
sys.settrace(None)
traced()
# expect: 10 20 20
# expect: 1 2 2
