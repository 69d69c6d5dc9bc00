# Four threads fill lists until the limit of memory is reached: MemoryError, caught there, and normal work goes on in four others.
# options: -X memlimit=256M
# only: ounce
import threading
from exhausting.work import check, work

full, ended, go = [False], [], threading.Event()


def fill():
    kept = []
    go.wait()
    try:
        while not full[0]:
            kept.append([str(len(kept))] * 50)
    except MemoryError:
        full[0] = True
    kept = None


def run_four(target):
    threads = [threading.Thread(target=target) for _ in range(4)]
    for thread in threads:
        thread.start()
    go.set()
    for thread in threads:
        thread.join()


def exhaust():
    run_four(fill)
    run_four(lambda: ended.append(work()))
    if full[0] and ended == [177780] * 4:
        raise MemoryError


check(exhaust)
# expect: MemoryError
# expect: 177780
