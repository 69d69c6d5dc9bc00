"""One shared object's bound method, a Lock's locked(), a class's constructor, and globals: from each thread."""
import threading
from split import report, scaled

TURNS = scaled(1500000)
STEP = 3
OFFSET = 11


class Counter:
    def __init__(self, start):
        self.start = start

    def ahead(self, by):
        return self.start + by


counter = Counter(5)
ahead = counter.ahead
lock = threading.Lock()


def work(part, parts):
    total = 0
    for i in range(part, TURNS, parts):
        total += ahead(i) + Counter(i).start * STEP
        if lock.locked():
            total += 1
        total -= OFFSET
    return total


report(work)
