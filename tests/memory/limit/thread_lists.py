# Four threads fill lists until the limit of memory is reached: MemoryError in each, caught there, and normal work goes on.
# options: -X memlimit=256M
# only: ounce
import threading
from exhausting.work import check

go = threading.Event()
caught = [False] * 4


def fill(number):
    go.wait()
    kept = []
    try:
        while True:
            kept.append([str(len(kept))] * 50)
    except MemoryError:
        kept = None
        caught[number] = True


def exhaust():
    threads = []
    try:
        for number in range(4):
            thread = threading.Thread(target=fill, args=(number,))
            try:
                thread.start()
            except RuntimeError:
                break           # no room for its stack, under a limit of the shell
            threads.append(thread)
    finally:
        go.set()
        for thread in threads:
            thread.join()
    if threads and caught[:len(threads)] == [True] * len(threads):
        raise MemoryError


check(exhaust)
# expect: MemoryError
# expect: 177780
