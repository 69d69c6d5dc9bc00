# SPDX-License-Identifier: MIT
"""Threads that are started and joined leave the resident size where it was.

    churn.py [--count N]

The last line is `N threads`; growth of more than 2 MiB after the first tenth of them is a fault.
"""
import argparse
import sys
import threading

ALLOWED = 2 << 20


def resident():
    with open("/proc/self/statm") as file:
        return int(file.read().split()[1]) * 4096


def work(n):
    kept = [str(i) for i in range(200)]
    local.value = dict.fromkeys(kept, n)
    return len(kept)


local = threading.local()


def churn(count, at_once=4):
    for n in range(count // at_once):
        threads = [threading.Thread(target=work, args=(n,)) for _ in range(at_once)]
        for t in threads:
            t.start()
        for t in threads:
            t.join()


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--count", type=int, default=1000)
    options = parser.parse_args()
    churn(options.count // 10)
    before = resident()
    churn(options.count - options.count // 10)
    grown = resident() - before
    print(f"grown by {grown} bytes")
    print(f"{options.count} threads")
    sys.exit(grown > ALLOWED)


if __name__ == "__main__":
    main()
