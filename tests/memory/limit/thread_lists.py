# Four threads fill lists until the limit of memory is reached: MemoryError in each, caught there, and normal work goes on.
# options: -X memlimit=256M
# only: ounce
import threading
from exhausting.work import check, work

ended = []


def fill():
    kept = []
    try:
        while True:
            kept.append([str(len(kept))] * 50)
    except MemoryError:
        kept = None
        ended.append(work())


def exhaust():
    threads = [threading.Thread(target=fill) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if ended == [177780] * 4:
        raise MemoryError


check(exhaust)
# expect: MemoryError
# expect: 177780
