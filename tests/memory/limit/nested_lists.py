# Lists in lists until the limit of memory is reached: MemoryError, caught, and normal work goes on.
# options: -X memlimit=256M
# only: ounce
from exhausting.work import check


def exhaust():
    kept = []
    while True:
        kept = [kept]


check(exhaust)
# expect: MemoryError
# expect: 177780
