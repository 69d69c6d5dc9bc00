# Allocations are traced, one call deep and several, and a snapshot is taken.
import _tracemalloc
def f(n):
    return [bytes(n), (n, n)] if n < 3 else f(n - 1)
for frames in (1, 4):
    _tracemalloc.start(frames)
    keep = [f(n) for n in range(6)]
    _tracemalloc._get_traces()
    _tracemalloc._get_object_traceback(keep[0])
    exec("[[], []]")
    _tracemalloc.clear_traces()
    more = f(4)
    _tracemalloc.stop()
print(len(keep), more)  # expect: 6 [b'\x00\x00', (2, 2)]
