# Threads hold what fills the memory while others start: MemoryError where there is no room, and normal work after they end.
# options: -X memlimit=256M
# only: ounce
import threading
from exhausting.work import check


def hold(go, held):
    try:
        while True:
            held.append(bytearray(1 << 16))
    except MemoryError:
        pass
    go.wait()


def exhaust():
    go, held, threads = threading.Event(), [[] for _ in range(8)], []
    try:
        for each in held:
            thread = threading.Thread(target=hold, args=(go, each))
            try:
                thread.start()
            except RuntimeError:
                break           # no room for its stack, under a limit of the shell
            threads.append(thread)
        [0] * (1 << 25)
    finally:
        go.set()
        for thread in threads:
            thread.join()


check(exhaust)
# expect: MemoryError
# expect: 177780
