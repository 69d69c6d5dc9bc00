# A comprehension in a comprehension until the limit of memory is reached: MemoryError, caught, and normal work goes on.
# options: -X memlimit=256M
# only: ounce
from exhausting.work import check


def exhaust():
    [[[[str(d) for d in range(1000)] for c in range(1000)] for b in range(1000)] for a in range(1000)]


check(exhaust)
# expect: MemoryError
# expect: 177780
