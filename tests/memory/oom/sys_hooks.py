# Hooks of the program: displayhook, excepthook, unraisablehook, audit hooks, interning.
import sys
sys.displayhook([1])  # expect: [1]
def report(info):
    if info.exc_type is MemoryError:
        raise info.exc_value
    print("unraisable", info.exc_type.__name__)
sys.unraisablehook = report
class C:
    def __del__(self): raise ValueError
C()  # expect: unraisable ValueError
seen = []
sys.addaudithook(lambda event, arguments: seen.append(event) if event == "own" else None)
sys.audit("own", 1)
print(seen, sys.intern("a b"[:2] + "c"), sys.getsizeof([]) > 0, sys.exc_info()[0])  # expect: ['own'] a c True None
