# A program that makes cyclic garbage only does not reach the limit of memory.
# options: -X memlimit=24M
# only: ounce
import gc


class Node:
    def __init__(self, data):
        self.me, self.data = self, data


def rows(size, rounds, make):
    for n in range(rounds):
        x = make(size)
    return "done"


def cyclic_list(size):
    x = []
    x.append(x)
    for n in range(size):
        x.append(n)
    return x


def cyclic_bytes(size):
    return Node(bytes(size))


def cyclic_dict(size):
    d = {}
    d["me"] = d
    for n in range(size):
        d[n] = n
    return d


kept = [Node(None) for n in range(100_000)]     # and what lives takes half of it
print(rows(10, 200_000, cyclic_list))           # expect: done
print(rows(40_000, 300, cyclic_list))           # expect: done
print(rows(1_000_000, 300, cyclic_bytes))       # expect: done
print(rows(10_000, 300, cyclic_dict))           # expect: done
print(rows(0, 300_000, cyclic_bytes))           # expect: done

# Where an allocation is refused all the same, the next one has what was garbage.
refused = 0
for n in range(20):
    try:
        x = cyclic_bytes(9_000_000)
    except MemoryError:
        refused += 1
    x = None
print(refused <= 10)                            # expect: True
print(len(kept))                                # expect: 100000
