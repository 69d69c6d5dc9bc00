# A program that makes cyclic garbage only does not reach the limit of memory.
# options: -X memlimit=24M
# only: ounce
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

# Nor is a large object refused whose room garbage takes.
def refusals(make):
    refused = 0
    for n in range(12):
        x = Node(None)
        try:
            x.data = make()
        except MemoryError:
            refused += 1
        x = None
    return refused


def appended():
    x = []
    for n in range(700_000):
        x.append(n)
    return x


def filled():
    x = {}
    for n in range(150_000):
        x[n] = n
    return x


half, letters, pieces = b"x" * 4_500_000, ["abcde"] * 100_000, [b"abcde"] * 100_000
print(refusals(lambda: bytes(9_000_000)))       # expect: 0
print(refusals(lambda: bytearray(9_000_000)))   # expect: 0
print(refusals(lambda: "x" * 9_000_000))        # expect: 0
print(refusals(lambda: [None] * 1_100_000))     # expect: 0
print(refusals(lambda: half + half))            # expect: 0
print(refusals(lambda: "12345".join(letters)))  # expect: 0
print(refusals(lambda: b"12345".join(pieces)))  # expect: 0
print(refusals(lambda: "x".rjust(9_000_000)))   # expect: 0
print(refusals(lambda: f"{1:9000000}"))         # expect: 0
print(refusals(lambda: half.replace(b"x", b"yy")))  # expect: 0
print(refusals(lambda: half.hex()))             # expect: 0
print(refusals(lambda: half.decode("latin-1")))     # expect: 0
print(refusals(lambda: half.decode("ascii", "strict")))     # expect: 0
half = letters = pieces = None
print(refusals(appended))                       # expect: 0
print(refusals(filled))                         # expect: 0

# Nor what copies a container, or reads a file.
def extended(items):
    x = []
    x.extend(items)
    return x


def read(size):
    with open("/dev/zero", "rb") as file:
        return file.read(size)


items = (None,) * 600_000
print(refusals(lambda: extended(items)))        # expect: 0
print(refusals(lambda: list(items)))            # expect: 0
print(refusals(lambda: [*items]))               # expect: 0
print(refusals(lambda: list(range(600_000))))   # expect: 0
print(refusals(lambda: [n for n in items]))     # expect: 0
print(refusals(lambda: {n: n for n in range(150_000)}))     # expect: 0
print(refusals(lambda: {n for n in range(150_000)}))        # expect: 0
print(refusals(lambda: tuple([*items])))        # expect: 0
print(refusals(lambda: tuple(n for n in items)))    # expect: 0
table = dict.fromkeys(range(60_000))
print(refusals(lambda: list(table.items())))    # expect: 0
items = table = None
print(refusals(lambda: read(9_000_000)))        # expect: 0

# What nothing can make room for is refused.
try:
    bytes(40_000_000)
except MemoryError as e:
    print(repr(e))                              # expect: MemoryError()
print(len(kept))                                # expect: 100000
