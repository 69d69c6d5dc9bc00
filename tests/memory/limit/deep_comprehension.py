# A comprehension in a comprehension until the limit of memory is reached: MemoryError, caught, and normal work goes on.
# options: -X memlimit=256M
# only: ounce
def exhaust():
    [[[[str(d) for d in range(1000)] for c in range(1000)] for b in range(1000)] for a in range(1000)]


def work():
    words = [str(n) for n in range(20000)]
    counts = {word: len(word) for word in words}
    return sum(counts.values()) + len("".join(sorted(set(words))))


try:
    exhaust()
except MemoryError:
    print("MemoryError")    # expect: MemoryError
print(work())               # expect: 177780
