# The join of a list of strs until the limit of memory is reached: MemoryError, caught, and normal work goes on.
# options: -X memlimit=256M
# only: ounce
from exhausting.work import check


def exhaust():
    pieces = ["x" * 1024]
    while True:
        pieces += pieces
        "-".join(pieces)


check(exhaust)
# expect: MemoryError
# expect: 177780
