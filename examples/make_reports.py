# SPDX-License-Identifier: MIT
"""Write position reports of a fleet of trucks: the input of fleet.py, in any size.

The same arguments always give the same reports.
"""
import argparse
import json
import random
import sys

FIELDS = ("truck", "minute", "lat", "lng", "event", "due")
PROGRESS_EVERY = 100_000


def reports(trucks, rounds, seed):
    """Every truck reports once in each round, in another order each time."""
    rng = random.Random(seed)
    stride = next(step for step in (7919, 104729, 1299709) if trucks % step)
    for turn in range(rounds):
        first = rng.randrange(trucks)
        for i in range(trucks):
            number = (first + i * stride) % trucks
            minute = turn * 60 + number % 60
            lat = 45 + number * 37 % 9001 / 1000 + turn * rng.random() / 10
            lng = 5 + number * 53 % 9001 / 1000 + turn * rng.random() / 10
            chance = rng.random()
            if chance < 0.25:
                yield f"T{number}", minute, round(lat, 5), round(lng, 5), "delivered", minute + 5 - int(chance * 40)
            else:
                yield f"T{number}", minute, round(lat, 5), round(lng, 5), "moving", ""


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--trucks", type=int, default=1000, help="size of the fleet (default: 1000)")
    parser.add_argument("--rounds", type=int, default=3, help="reports of each truck (default: 3)")
    parser.add_argument("--format", choices=("csv", "jsonl"), default="csv")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("file", nargs="?", help="where to write (default: standard output)")
    options = parser.parse_args()

    out = open(options.file, "w", encoding="ascii") if options.file else sys.stdout
    if options.format == "csv":
        out.write(",".join(FIELDS) + "\n")
    watched = options.file and sys.stderr.isatty()
    for number, report in enumerate(reports(options.trucks, options.rounds, options.seed)):
        if watched and number % PROGRESS_EVERY == 0:
            print(f"\r{number:12,} reports", end="", file=sys.stderr, flush=True)
        if options.format == "csv":
            truck, minute, lat, lng, event, due = report
            out.write(f"{truck},{minute},{lat},{lng},{event},{due}\n")
        else:
            out.write(json.dumps(dict(zip(FIELDS, report))) + "\n")
    if watched:
        print("\r" + " " * 30, end="\r", file=sys.stderr, flush=True)
    out.close()


if __name__ == "__main__":
    main()
