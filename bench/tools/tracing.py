"""What tracemalloc costs: a program's time traced over its time untraced, at 1 and at 25 frames.

    ounce bench/tools/tracing.py [SCALE]
"""
import os
import runpy
import subprocess
import sys
import time
import tracemalloc

PROGRAMS = os.path.join(os.path.dirname(os.path.abspath(__file__)), os.pardir, "programs")
NAMES = ["calls", "comprehensions", "dicts", "strings", "trucks"]
RUNS = 2
# CPython takes ten to twenty times as long traced: a minute at Ounce's scale, for the same ratios.
SCALE = "0.15" if sys.implementation.name == "ounce" else "0.03"


def run(program, scale, frames):
    """Print the processor's time of a program in this process."""
    work = runpy.run_path(os.path.join(PROGRAMS, program + ".py"))["main"]
    if frames:
        tracemalloc.start(frames)
    sys.stdout = open(os.devnull, "w")
    start = time.thread_time()
    work(scale)
    seconds = time.thread_time() - start
    print(seconds, file=sys.__stdout__, flush=True)
    os._exit(0)


def seconds(*words):
    """The least of some runs, each in a process of its own."""
    command = [sys.executable, __file__, "-", *words]
    return min(float(subprocess.run(command, stdout=subprocess.PIPE, check=True).stdout) for _ in range(RUNS))


def main():
    if sys.argv[1:2] == ["-"]:
        run(sys.argv[2], float(sys.argv[3]), int(sys.argv[4]))
    scale = sys.argv[1] if len(sys.argv) > 1 else SCALE
    product = {1: 1.0, 25: 1.0}
    for program in NAMES:
        untraced = seconds(program, scale, "0")
        for frames in product:
            cost = seconds(program, scale, str(frames)) / untraced
            product[frames] *= cost
            print(f"{program}, frames {frames}: {cost:.2f}", flush=True)
    for frames, cost in product.items():
        print(f"geometric mean, frames {frames}: {cost ** (1 / len(NAMES)):.2f}")


main()
