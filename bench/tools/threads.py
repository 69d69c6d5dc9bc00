"""What threads cost: a free lock, a thread's life, one thread after another has ended, readers beside a writer.

    ounce bench/tools/threads.py [SCALE]
"""
import sys
import threading
import time

SCALE = float(sys.argv[1]) if len(sys.argv) > 1 else 1
clock = time.perf_counter


class Point:
    def __init__(self, x, y):
        self.x = x
        self.y = y

    def moved(self, by):
        return Point(self.x + by, self.y - by)


def objects(count):
    point = Point(0, 0)
    for i in range(count):
        point = Point(point.x, i).moved(1)


def locking(count):
    lock = threading.Lock()
    for _ in range(count):
        with lock:
            pass


def lives(count):
    for _ in range(count):
        thread = threading.Thread(target=int)
        thread.start()
        thread.join()


def read(table, size, part, count):
    total = 0
    for i in range(part, count, 2):
        total += table[i * 31 % size]
    return total


def readers(table, count):
    """Two threads read."""
    threads = [threading.Thread(target=read, args=(table, len(table), part, count)) for part in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def write(table, done):
    number, size = 0, len(table)
    while not done.is_set():
        for _ in range(1000):
            table[number] = number
            number = (number + 7919) % size


def seconds(work, *args):
    best = float("inf")
    for _ in range(5):
        start = clock()
        work(*args)
        best = min(best, clock() - start)
    return best


def main():
    count = int(300_000 * SCALE)
    before = seconds(objects, count)
    thread = threading.Thread(target=int)
    thread.start()
    thread.join()
    print(f"one thread, after another has ended, takes: {seconds(objects, count) / before:.2f} times as long")
    print(f"a free lock, by with: {seconds(locking, count) / count * 1e9:.0f} ns")
    lived = int(2000 * SCALE)
    print(f"a thread started and joined: {seconds(lives, lived) / lived * 1e6:.0f} us")

    table = {number: number for number in range(int(1_000_000 * SCALE))}
    count = int(2_000_000 * SCALE)
    alone = seconds(readers, table, count)
    done = threading.Event()
    writer = threading.Thread(target=write, args=(table, done))
    writer.start()
    beside = seconds(readers, table, count)
    done.set()
    writer.join()
    print(f"two readers of a dict beside a writer: {alone / beside:.2f} of their speed alone")


if __name__ == "__main__":
    main()
