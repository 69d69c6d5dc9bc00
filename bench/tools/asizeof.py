"""The deep size of 200,000 instances: seconds, and what the process grows by.

    ounce bench/tools/asizeof.py; PYTHONPATH=folder-of-pympler python3 bench/tools/asizeof.py
"""
import os
import sys
import time

from pympler import asizeof


class Truck:
    def __init__(self, number):
        self.number = number
        self.name = str(number)


def resident():
    with open("/proc/self/statm") as statm:
        return int(statm.read().split()[1]) * os.sysconf("SC_PAGESIZE")


def main():
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 200_000
    trucks = [Truck(number) for number in range(count)]
    asizeof.asizeof(trucks[:10])
    before, best = resident(), float("inf")
    for _ in range(5):
        start = time.process_time()
        size = asizeof.asizeof(trucks)
        best = min(best, time.process_time() - start)
    print(f"instances: {count}\nbytes: {size}\nms: {best * 1000:.1f}\n"
          f"growth: {(resident() - before) / 2 ** 20:.1f} MiB")


main()
