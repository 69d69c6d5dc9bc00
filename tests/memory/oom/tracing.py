# sys.settrace, sys.setprofile and frames that are looked at.
import sys
events = []
def trace(frame, event, argument):
    events.append((event, frame.f_code.co_name, frame.f_lineno - first))
    return trace
def work(n):
    try:
        return [n, work(n - 1)] if n else 1 / n
    except ZeroDivisionError:
        return sorted(sys._getframe().f_locals), sys._getframe(1).f_locals["n"]
first = work.__code__.co_firstlineno
sys.settrace(trace)
try:
    result = work(1)
finally:
    sys.settrace(None)
print(result, len(events), events[-1])  # expect: [1, (['n'], 1)] 11 ('return', 'work', 2)
calls = []
sys.setprofile(lambda frame, event, argument: calls.append(event))
try:
    work(1)
finally:
    sys.setprofile(None)
print(calls)  # expect: ['call', 'call', 'c_call', 'c_return', 'c_call', 'c_return', 'c_call', 'c_return', 'return', 'return', 'c_call']
