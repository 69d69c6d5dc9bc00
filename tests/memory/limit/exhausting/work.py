"""What the programs that exhaust memory have in common."""


def work():
    words = [str(n) for n in range(20000)]
    counts = {word: len(word) for word in words}
    return sum(counts.values()) + len("".join(sorted(set(words))))


def check(exhaust):
    """`exhaust` ends with a MemoryError; normal work goes on after it."""
    try:
        exhaust()
    except MemoryError:
        print("MemoryError")
    print(work())
