#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Compare build/ounce with CPython 3.11 and write the tables into RESULTS.md, with the machine.

    results.py [-n RUNS] [--scale FACTOR] [--kinds programs,memory,startup,tools]

Of kinds that are left out the tables stay as they were; those measured then say where and when.
"""
import argparse
import json
import math
import os
import platform
import subprocess
import sys
import tempfile
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
PEER = "/usr/bin/python3.11"
TITLES = {
    "programs": "Speed and peak memory",
    "memory": "Bytes per item",
    "startup": "Start-up",
    "threads": "Threads",
    "tools": "Tools",
}
# The programs that spend their time in the interpreter itself, not in native code.
INTERPRETING = """attributes calls closures comprehensions global_loop mandelbrot nbody nested_loops
    parser queens scheduler spectral_norm while_loop""".split()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("-n", type=int, default=3, dest="runs", help="runs of each program (default: 3)")
    parser.add_argument("--scale", help="amount of work, as a multiple of the usual")
    parser.add_argument("--kinds", default="programs,memory,startup,tools")
    options = parser.parse_args()

    where = machine()
    head = [__doc__.splitlines()[0].replace("Compare", "Written by `make bench`, which compares").replace(
        "and write the tables into RESULTS.md, with the machine", "side by side in one run"), "", *where]
    page = HERE / "RESULTS.md"
    kinds = options.kinds.split(",")
    before = {} if set(kinds) >= set(TITLES) - {"threads"} or not page.exists() else sections(page.read_text())
    measured = {}
    for kind in kinds:
        title = TITLES[kind]
        print(f"{title}:", flush=True)
        lines = tools() if kind == "tools" else compare(kind, options)
        measured[title] = [*where, "", *lines] if before else lines
    text = before.pop("", head)
    for title, lines in (before | measured).items():
        text += ["", f"## {title}", "", *lines]
    page.write_text("\n".join(text if text[0].startswith("# ") else ["# Benchmark results", "", *text]).rstrip() + "\n")
    print(f"written to {page}")


def sections(text):
    """The lines of a page by title of section; those before the first by an empty one."""
    parts = text.split("\n## ")
    found = {"": parts[0].strip().split("\n")}
    for part in parts[1:]:
        title, _, lines = part.partition("\n")
        found[title] = lines.strip().split("\n")
    return found


def machine():
    """Where and with what the figures were taken."""
    model = next((line.split(": ")[1].strip() for line in open("/proc/cpuinfo") if "model name" in line), "unknown")
    memory = int(open("/proc/meminfo").readline().split()[1]) / 1048576
    return [
        f"- Machine: {model}, {os.cpu_count()} CPUs, {memory:.0f} GiB, {platform.system()} {platform.release()}",
        f"- Ounce: commit {output('git', '-C', str(HERE), 'rev-parse', '--short', 'HEAD')},"
        f" {output('gcc', '--version').splitlines()[0]}",
        f"- Peer: {output(PEER, '--version')} (Debian)",
        f"- Date: {time.strftime('%Y-%m-%d')}",
    ]


def output(*words):
    return subprocess.run(words, capture_output=True, text=True).stdout.strip()


def compare(kind, options):
    """Run `compare` for one kind, showing its lines as they come; return them as Markdown."""
    runs = options.runs * 7 if kind == "startup" else options.runs
    with tempfile.NamedTemporaryFile() as report:
        words = [str(HERE / "compare"), "--ours", str(HERE.parent / "build/ounce"), "--peer", f"cpython={PEER}",
                 "--kind", kind, "-n", str(runs), "--json", report.name]
        words += ["--scale", options.scale] if options.scale else []
        process = subprocess.Popen([sys.executable, *words], stdout=subprocess.PIPE, text=True)
        lines = []
        for line in process.stdout:
            print(line, end="", flush=True)
            lines.append(line.rstrip("\n"))
        if process.wait() != 0:
            sys.exit("results: compare fails")
        programs = json.load(open(report.name))["programs"]
    if kind == "programs":
        lines.append(interpreting(programs))
        print(lines[-1])
    table = [line for line in lines if line.startswith("|")]
    rest = ["- " + line if not line.startswith("  ") else "  - " + line.strip()
            for line in lines if line and not line.startswith("|")]
    return [*table, "", *rest]


def tools():
    """What the programs in tools/ say of themselves; those that the peer lacks the modules for say nothing there."""
    lines = ["| what | ounce | cpython |", "|---|---|---|"]
    for program in sorted((HERE / "tools").glob("*.py")):
        ours, peer = (dict(line.split(": ", 1) for line in output(python, str(program)).splitlines())
                      for python in (str(HERE.parent / "build/ounce"), PEER))
        lines += [f"| {program.stem}: {name} | {value} | {peer.get(name, '-')} |" for name, value in ours.items()]
    print(*lines, sep="\n", flush=True)
    return lines


def interpreting(programs):
    """The geometric mean of speed over the programs that mostly interpret."""
    ratios = [programs[name]["cpython"]["cpu"] / programs[name]["ours"]["cpu"] for name in INTERPRETING
              if name in programs and not any(result["failure"] for result in programs[name].values())]
    if not ratios:
        return "none of the programs that mostly interpret runs"
    mean = math.exp(sum(map(math.log, ratios)) / len(ratios))
    return f"of the programs that mostly interpret: s {mean:.2f} over {len(ratios)} of {len(INTERPRETING)}"


if __name__ == "__main__":
    main()
