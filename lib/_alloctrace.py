# SPDX-License-Identifier: MIT
"""What Ounce adds to tracemalloc: snapshots of the sample that is taken of every program, and a report.

The runtime keeps, always, the calls behind a sample of all allocations: each byte is chosen with the
chance of one in 512 KiB (-X alloctrace=SIZE).  tracemalloc.take_snapshot(sampled=True) shows it,
without tracemalloc.start() and after the fact: sizes and counts are estimates, the more exact the
more samples they come from.

    ounce -m tracemalloc [-n LINES] [-f FRAMES] [--sampled] script.py [ARGUMENTS]

runs a script and then prints the lines whose memory is still in use, to stderr.
"""
import argparse
import os
import sys
import tracemalloc

import _tracemalloc

_take_all = tracemalloc.take_snapshot


class _Sample(tuple):
    """A trace as tracemalloc knows them, and how many cells it stands for."""

    def __new__(cls, domain, size, frames, total_nframe, weight):
        self = super().__new__(cls, (domain, size, frames, total_nframe))
        self.weight = weight
        return self

    def __reduce__(self):
        return _Sample, (*self, self.weight)


class SampledSnapshot(tracemalloc.Snapshot):
    """A Snapshot whose traces stand for others like them; Statistic has the estimated size and count.

    The traces themselves are the samples: their size is that of one cell.
    """

    def filter_traces(self, filters):
        plain = super().filter_traces(filters)
        return SampledSnapshot(plain.traces._traces, self.traceback_limit)

    def _group_by(self, key_type, cumulative):
        if key_type not in ("traceback", "filename", "lineno"):
            raise ValueError(f"unknown key_type: {key_type!r}")
        if cumulative and key_type == "traceback":
            raise ValueError(f"cumulative mode cannot by used with key type {key_type!r}")
        totals = {}
        for sample in self.traces._traces:
            _, size, frames, _ = sample
            keys = frames if cumulative else frames[:1]
            if key_type == "traceback":
                keys = [frames]
            elif key_type == "filename":
                keys = {((name, 0),) for name, _ in keys}
            else:
                keys = {(frame,) for frame in keys}
            for key in keys:
                total = totals.setdefault(key, [0.0, 0.0])
                total[0] += size * sample.weight
                total[1] += sample.weight
        groups = {}
        for key, (size, count) in totals.items():
            traceback = tracemalloc.Traceback(key)
            groups[traceback] = tracemalloc.Statistic(traceback, round(size), round(count))
        return groups


def take_snapshot(sampled=False):
    """
    Take a snapshot of traces of memory blocks allocated by Python.

    With sampled, of the sample that is always taken: tracing need not be on.
    """
    if not sampled:
        return _take_all()
    return SampledSnapshot([_Sample(*sample) for sample in _tracemalloc._get_samples()], 32)


def adapt():
    """tracemalloc has been loaded: let it know samples."""
    tracemalloc.take_snapshot = take_snapshot
    tracemalloc.SampledSnapshot = SampledSnapshot


def report(snapshot, limit, by, file):
    """Print the `limit` places with the most memory."""
    statistics = snapshot.statistics(by)
    total = sum(statistic.size for statistic in statistics)
    kind = "estimated from a sample" if isinstance(snapshot, SampledSnapshot) else "traced"
    size = tracemalloc._format_size(total, False)
    print(f"\nMemory in use at the end, {kind}: {size}, of {len(statistics)} places", file=file)
    for number, statistic in enumerate(statistics[:limit], 1):
        share = statistic.size / total if total else 0
        print(f"\n#{number}: {tracemalloc._format_size(statistic.size, False)} ({share:.1%}), "
              f"{statistic.count} cells", file=file)
        for text in statistic.traceback.format():
            print(text, file=file)


def main():
    parser = argparse.ArgumentParser(
        prog="ounce -m tracemalloc",
        description="Run a script, then print the lines whose memory is still in use.")
    parser.add_argument("-n", "--lines", type=int, default=10, help="how many places (default: 10)")
    parser.add_argument("-f", "--frames", type=int, default=1,
                        help="how many calls of each place to show (default: 1)")
    parser.add_argument("--sampled", action="store_true",
                        help="do not trace: estimate from the sample that is always taken")
    parser.add_argument("script", help="the program to run")
    parser.add_argument("arguments", nargs=argparse.REMAINDER, help="its sys.argv[1:]")
    options = parser.parse_args()
    if not os.path.exists(options.script):
        parser.error(f"can't open file {options.script!r}: No such file or directory")
    sys.argv[:] = [options.script, *options.arguments]
    sys.path[0] = os.path.dirname(os.path.abspath(options.script))
    with open(options.script, "rb") as file:
        code = compile(file.read(), options.script, "exec")
    space = {"__name__": "__main__", "__file__": options.script, "__builtins__": __builtins__}
    if not options.sampled:
        tracemalloc.start(options.frames)
    try:
        exec(code, space)
    finally:
        snapshot = take_snapshot(options.sampled)
        tracemalloc.stop()
        report(snapshot, options.lines, "traceback" if options.frames > 1 else "lineno", sys.stderr)


if __name__ == "__main__":
    main()
