# A recorder of lines.
# CPython has no such module.
# only: ounce
import _memtools
def f(n):
    if n:
        return f(n - 1)
    return [i for i in range(3)]
recorder = _memtools.LineRecorder('heap')
recorder.add(f.__code__)
recorder.enable()
try:
    f(20)
finally:
    recorder.disable()
calls, most, lines = recorder.table(0)
print(calls, [hits for line, hits, more, high in lines])        # expect: 21 [21, 20, 1]
