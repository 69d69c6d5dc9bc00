# bytearray(source) is made at once, without bytes of the same size on the way, and asks __index__ before all.
import tracemalloc
tracemalloc.start()
size = 4 << 20
for source in size, bytes(size):
    tracemalloc.reset_peak()
    before = tracemalloc.get_traced_memory()[0]
    made = bytearray(source)
    print(len(made) == size, tracemalloc.get_traced_memory()[1] - before < 1.5 * size)  # expect: True True
    # expect: True True
    del made
tracemalloc.stop()

class Bytes:
    def __bytes__(self): return b"ab"
class Index:
    def __index__(self): return 3
class NoIndex:
    def __index__(self): raise TypeError("no")
    def __iter__(self): return iter([1, 2])
class Both(bytearray):
    def __index__(self): return 2
def show(make):
    try:
        print(make())
    except (TypeError, BufferError, OverflowError, ValueError) as error:
        print(type(error).__name__, error)
show(lambda: bytearray(Bytes()))                # expect: TypeError cannot convert 'Bytes' object to bytearray
show(lambda: bytearray(Index()))                # expect: bytearray(b'\x00\x00\x00')
show(lambda: bytearray(NoIndex()))              # expect: bytearray(b'\x01\x02')
show(lambda: bytearray(Both(b"xyz")))           # expect: bytearray(b'\x00\x00')
show(lambda: bytearray(-1))                     # expect: ValueError negative count
show(lambda: bytearray(2 ** 70))                # expect: OverflowError cannot fit 'int' into an index-sized integer
show(lambda: bytearray(memoryview(b"abcdef")[::2]))     # expect: bytearray(b'ace')
again = bytearray(b"abc")
again.__init__(again)
print(again)                                    # expect: bytearray(b'')
again.__init__(2)
print(again)                                    # expect: bytearray(b'\x00\x00')
view = memoryview(again)
show(lambda: again.__init__(5))                 # expect: BufferError Existing exports of data: object cannot be re-sized
