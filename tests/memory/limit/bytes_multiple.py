# Longer and longer bytes until the limit of memory is reached: MemoryError, caught, and normal work goes on.
# options: -X memlimit=256M
# only: ounce
from exhausting.work import check


def exhaust():
    n = 1
    while True:
        b"x" * n
        n *= 2


check(exhaust)
# expect: MemoryError
# expect: 177780
