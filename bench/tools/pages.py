"""What goes back to the system: resident MiB after most objects died, and while new ones take their places."""
import gc
import os
import random


class Pair:
    __slots__ = "a", "b"

    def __init__(self, a, b):
        self.a = a
        self.b = b


def resident():
    with open("/proc/self/statm") as statm:
        return int(statm.read().split()[1]) * os.sysconf("SC_PAGESIZE") / 2 ** 20


def sparse(count):
    """Of every thousand objects one stays."""
    kept = [Pair(i, i) for i in range(count)]
    full = resident()
    kept = kept[::1000]
    gc.collect()
    print(f"5 million objects: {full:.0f} MiB\none in 1000 stays: {resident():.0f} MiB")


def drained(count, rounds):
    """One in ten stays, and each is replaced by a new one, once a round on average."""
    random.seed(1)
    kept = [Pair(1, 2) for _ in range(count)]
    random.shuffle(kept)
    del kept[count // 10:]
    gc.collect()
    before = resident()
    for _ in range(rounds * len(kept)):
        kept[random.randrange(len(kept))] = Pair(1, 2)
    gc.collect()
    print(f"one in 10 of 2 million stays: {before:.0f} MiB\nafter 8 rounds of replacements: {resident():.0f} MiB")


def main():
    sparse(5_000_000)
    drained(2_000_000, 8)


main()
