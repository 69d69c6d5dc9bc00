# SPDX-License-Identifier: MIT
"""Follow a fleet of trucks by their position reports, and print how it fares.

    fleet.py [--format csv|jsonl] [FILE]

A report says where a truck is, when, and whether it has just delivered.  The fleet is kept in
memory: an object for each truck, found by its name.  This is ordinary Python: it runs unchanged on
any Python 3.11.
"""
import argparse
import csv
import gc
import json
import math
import os
import sys
import time

EARTH_RADIUS_KM = 6371.0
PROGRESS_EVERY = 20000


class Truck:
    """One truck: where it was last seen, and what it has done since."""

    def __init__(self, name, minute, lat, lng):
        self.name = name
        self.minute = minute
        self.lat = lat
        self.lng = lng
        self.km = 0.0
        self.deliveries = 0
        self.late = 0

    def move(self, minute, lat, lng):
        self.km += distance_km(self.lat, self.lng, lat, lng)
        self.minute = minute
        self.lat = lat
        self.lng = lng

    def deliver(self, minute, due):
        self.deliveries += 1
        if minute > due:
            self.late += 1


class Fleet:
    """All trucks: by name, and in the order in which they were first seen."""

    def __init__(self):
        self.by_name = {}
        self.trucks = []
        self.reports = 0

    def take(self, name, minute, lat, lng, event, due):
        """Take one report in."""
        self.reports += 1
        truck = self.by_name.get(name)
        if truck is None:
            truck = Truck(name, minute, lat, lng)
            self.by_name[name] = truck
            self.trucks.append(truck)
        else:
            truck.move(minute, lat, lng)
        if event == "delivered":
            truck.deliver(minute, due)


def distance_km(lat1, lng1, lat2, lng2):
    """The great-circle distance, by the haversine formula."""
    phi1 = math.radians(lat1)
    phi2 = math.radians(lat2)
    half_lat = math.sin((phi2 - phi1) / 2)
    half_lng = math.sin(math.radians(lng2 - lng1) / 2)
    h = half_lat * half_lat + math.cos(phi1) * math.cos(phi2) * half_lng * half_lng
    return 2 * EARTH_RADIUS_KM * math.asin(math.sqrt(h))


def csv_reports(stream):
    rows = csv.reader(stream)
    next(rows)                              # the headings
    for name, minute, lat, lng, event, due in rows:
        yield name, int(minute), float(lat), float(lng), event, int(due) if due else None


def json_reports(stream):
    for line in stream:
        report = json.loads(line)
        yield (report["truck"], report["minute"], report["lat"], report["lng"],
               report["event"], report["due"])


def read(fleet, reports, start):
    """Take all reports in, with a line of progress where somebody looks."""
    watched = sys.stderr.isatty()
    for report in reports:
        fleet.take(*report)
        if watched and fleet.reports % PROGRESS_EVERY == 0:
            speed = fleet.reports / (time.perf_counter() - start)
            print(f"\r{fleet.reports:12,} reports of {len(fleet.trucks):9,} trucks,"
                  f" {speed:9,.0f} a second", end="", file=sys.stderr, flush=True)
    if watched:
        print("\r" + " " * 60, end="\r", file=sys.stderr, flush=True)


def resident_bytes():
    """The memory that this process has, or 0 where the system does not say."""
    try:
        with open("/proc/self/statm") as statm:
            return int(statm.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    except OSError:
        return 0


def summary(fleet):
    """What the fleet did: (name, value) pairs."""
    trucks = fleet.trucks
    late = [truck for truck in trucks if truck.late]
    regions = {}
    for truck in trucks:
        region = int(truck.lat), int(truck.lng)
        regions[region] = regions.get(region, 0) + 1
    busiest = max(regions, key=lambda region: (regions[region], region))
    longest = sorted(trucks, key=lambda truck: truck.km, reverse=True)[:3]
    yield "distance in km", f"{sum(truck.km for truck in trucks):,.0f}"
    yield "deliveries", f"{sum(truck.deliveries for truck in trucks):,}"
    yield "late deliveries", f"{sum(truck.late for truck in trucks):,}"
    yield "trucks that were late", f"{len(late):,}"
    yield "busiest region", f"{busiest[0]} N {busiest[1]} E"
    yield "longest way", " ".join(truck.name for truck in longest)


def main():
    parser = argparse.ArgumentParser(description="Follow a fleet of trucks by their position reports.")
    parser.add_argument("--format", choices=("csv", "jsonl"), help="of the reports (default: by the file's name, or csv)")
    parser.add_argument("file", nargs="?", default="-", help="of reports (default: standard input)")
    options = parser.parse_args()
    kind = options.format or ("jsonl" if options.file.endswith(".jsonl") else "csv")

    fleet = Fleet()
    before = resident_bytes()
    start = time.perf_counter()
    stream = sys.stdin if options.file == "-" else open(options.file, encoding="utf-8", newline="")
    with stream:
        read(fleet, csv_reports(stream) if kind == "csv" else json_reports(stream), start)
    reading = time.perf_counter() - start
    if not fleet.trucks:
        sys.exit("fleet: no reports")

    results = list(summary(fleet))
    gc.collect()
    grown = resident_bytes() - before
    table = [
        ("trucks", f"{len(fleet.trucks):,}"),
        ("reports", f"{fleet.reports:,}"),
        *results,
        ("reports per second", f"{fleet.reports / reading:,.0f}"),
        ("bytes per truck", f"{grown / len(fleet.trucks):,.0f}" if before else "unknown"),
        ("seconds", f"{time.perf_counter() - start:.1f}"),
    ]
    for name, value in table:
        print(f"{name:24}{value:>24}")


if __name__ == "__main__":
    main()
