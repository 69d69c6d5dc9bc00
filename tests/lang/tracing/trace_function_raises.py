# What a trace function raises goes on in the traced frame, and tracing is over.
import sys


def tracer(frame, event, argument):
    if event == wanted:
        raise KeyError(event)
    return tracer


def traced():
    try:
        x = len("ab")
        return x
    except KeyError as e:
        return f"caught {e}"


for wanted in "call", "line", "return":
    sys.settrace(tracer)
    try:
        print(wanted, traced())
    except KeyError as e:
        print(wanted, "escapes", e)
    print(sys.gettrace())
# expect: call escapes 'call'
# expect: None
# expect: line escapes 'line'
# expect: None
# expect: return escapes 'return'
# expect: None
