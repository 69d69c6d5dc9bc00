# A power of an int until the limit of memory is reached: MemoryError, caught, and normal work goes on.
# options: -X memlimit=256M
# only: ounce
from exhausting.work import check


def exhaust():
    n = 3
    while True:
        n = n ** 4


check(exhaust)
# expect: MemoryError
# expect: 177780
