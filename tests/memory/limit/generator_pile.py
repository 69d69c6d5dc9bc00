# Generators that wait until the limit of memory is reached: MemoryError, caught, and normal work goes on.
# options: -X memlimit=256M
# only: ounce
def exhaust():
    def numbers(n):
        yield n
        yield n
    kept = []
    while True:
        g = numbers(len(kept))
        next(g)
        kept.append(g)


def work():
    words = [str(n) for n in range(20000)]
    counts = {word: len(word) for word in words}
    return sum(counts.values()) + len("".join(sorted(set(words))))


try:
    exhaust()
except MemoryError:
    print("MemoryError")    # expect: MemoryError
print(work())               # expect: 177780
