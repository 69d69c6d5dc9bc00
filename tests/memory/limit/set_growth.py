# A set that grows until the limit of memory is reached: MemoryError, caught, and normal work goes on.
# options: -X memlimit=256M
# only: ounce
from exhausting.work import check


def exhaust():
    kept = set()
    while True:
        kept.add(str(len(kept)) * 50)


check(exhaust)
# expect: MemoryError
# expect: 177780
