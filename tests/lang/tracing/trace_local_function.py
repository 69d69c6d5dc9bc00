# f_trace, f_trace_lines and f_trace_opcodes decide what a frame tells.
import sys

events = []


def tracer(frame, event, argument):
    events.append((frame.f_code.co_name, event))
    if frame.f_code.co_name == "silent":
        return None
    if frame.f_code.co_name == "linelesss":
        frame.f_trace_lines = False
    return tracer


def silent():
    x = 1
    return x


def linelesss():
    x = 1
    return x


def opcodes():
    sys._getframe().f_trace_opcodes = True
    x = abs(-1)
    return x


def late():
    sys._getframe().f_trace = tracer
    sys.settrace(tracer)
    x = 1
    sys.settrace(None)


sys.settrace(tracer)
silent()
linelesss()
sys.settrace(None)
print(events)
events.clear()
sys.settrace(tracer)
opcodes()
sys.settrace(None)
print(sum(event == "opcode" for name, event in events) > 2)
events.clear()
late()
print(events)
# expect: [('silent', 'call'), ('linelesss', 'call'), ('linelesss', 'return')]
# expect: True
# expect: [('late', 'line'), ('late', 'line')]
