# What dies while the limit of memory is reached dies wholly: deep, wide and with finalisers.
# options: -X memlimit=20M
# only: ounce
import sys


class Finalised:
    def __init__(self, inner):
        self.inner = inner

    def __del__(self):
        for _ in range(80):
            inner = [None]
            for _ in range(80):
                inner = [inner, 1]


def chain(kept):
    return [kept, 1]


def wide(kept):
    return [[kept], [1], [2], [kept]]


def exhaust(make):
    kept = None
    try:
        while True:
            kept = make(kept)
    except MemoryError:
        room = None             # even small blocks have no place
        try:
            while True:
                room = (room, "")
        except MemoryError:
            kept = None         # a walk of what died needs no memory
            room = None


for make in chain, wide, chain, wide:
    before = sys.getallocatedblocks()
    exhaust(make)
    print(sys.getallocatedblocks() - before < 100)
# expect: True
# expect: True
# expect: True
# expect: True

kept = None
for _ in range(2000):
    kept = Finalised(kept)
before = sys.getallocatedblocks()
kept = None
print(before - sys.getallocatedblocks() > 1900)        # expect: True
