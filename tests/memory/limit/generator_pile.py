# Generators that wait until the limit of memory is reached: MemoryError, caught, and normal work goes on.
# options: -X memlimit=256M
# only: ounce
from exhausting.work import check


def exhaust():
    def numbers(n):
        yield n
        yield n
    kept = []
    while True:
        g = numbers(len(kept))
        next(g)
        kept.append(g)


check(exhaust)
# expect: MemoryError
# expect: 177780
