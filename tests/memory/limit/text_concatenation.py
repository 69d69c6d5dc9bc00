# A str that doubles until the limit of memory is reached: MemoryError, caught, and normal work goes on.
# options: -X memlimit=256M
# only: ounce
from exhausting.work import check


def exhaust():
    text = "0123456789"
    while True:
        text = text + text


check(exhaust)
# expect: MemoryError
# expect: 177780
