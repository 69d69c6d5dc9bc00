# A jump to a line that returns tells of the return.
import sys


def traced():
    a = 1
    a = 2
    return


def tracer(frame, event, argument):
    line = frame.f_lineno - traced.__code__.co_firstlineno
    print(event, line)
    if event == "line" and line == 1:
        frame.f_lineno += 2
    return tracer


sys.settrace(tracer)
traced()
sys.settrace(None)
# expect: call 0
# expect: line 1
# expect: return 3
