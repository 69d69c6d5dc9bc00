#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Report sizes: source files and functions by layer, the largest of each, the program, its objects.

The figures are advice (CONTRIBUTING.md: a function of 10 lines at the median, 40 at the ninetieth percentile,
a file of 350), and nothing fails.
"""
import re
import statistics
import subprocess
import sys
from pathlib import Path

TOP = Path(__file__).resolve().parent.parent
LAYERS = "base heap object types bytecode syntax compile vm memtools modules runtime".split()


def functions(text):
    """(name, lines) of each function: it opens with a brace at the line's beginning."""
    lines = text.splitlines()
    opened = None
    for number, line in enumerate(lines):
        if line == "{":
            head = " ".join(lines[max(0, number - 4):number])
            names = re.findall(r"(\w+)\s*\(", head)
            opened = number, names[-1] if names else "?"
            for name in reversed(names):
                if name not in ("__attribute__", "OZ_PRINTF"):
                    opened = number, name
                    break
        elif line.startswith("}") and opened:
            yield opened[1], number - opened[0] - 1
            opened = None


def percentile(values, share):
    return sorted(values)[min(len(values) - 1, int(len(values) * share))] if values else 0


def report_source():
    print(f"{'layer':12}{'files':>7}{'lines':>8}{'median':>8}{'functions':>11}{'median':>8}{'90 %':>6}")
    files, every = [], []
    for layer in LAYERS:
        sizes, lengths = [], []
        for path in sorted((TOP / "src" / layer).glob("*.[ch]")):
            text = path.read_text()
            sizes.append(text.count("\n"))
            files.append((sizes[-1], str(path.relative_to(TOP))))
            for name, length in functions(text):
                lengths.append(length)
                every.append((length, name, str(path.relative_to(TOP))))
        if sizes:
            print(f"{layer:12}{len(sizes):7}{sum(sizes):8}{statistics.median(sizes):8.0f}"
                  f"{len(lengths):11}{statistics.median(lengths or [0]):8.0f}{percentile(lengths, 0.9):6}")
    lengths = [length for length, _, _ in every]
    print(f"{'all':12}{len(files):7}{sum(size for size, _ in files):8}{statistics.median(s for s, _ in files):8.0f}"
          f"{len(lengths):11}{statistics.median(lengths):8.0f}{percentile(lengths, 0.9):6}")
    print("\nlongest files:")
    for size, name in sorted(files, reverse=True)[:8]:
        print(f"{size:8}  {name}")
    print("\nlongest functions:")
    for length, name, path in sorted(every, reverse=True)[:12]:
        print(f"{length:8}  {name}  {path}")


def report_program(program):
    if not Path(program).exists():
        return
    print(f"\n{program}:")
    sections = {"code": 0, "constants": 0, "data": 0, "zeroed": 0}
    kinds = {".text": "code", ".rodata": "constants", ".data.rel.ro": "constants", ".data": "data", ".bss": "zeroed"}
    for line in subprocess.run(["size", "-A", program], capture_output=True, text=True).stdout.splitlines():
        words = line.split()
        if len(words) == 3 and words[0] in kinds:
            sections[kinds[words[0]]] += int(words[1])
    print("  " + ", ".join(f"{name} {size / 1024:,.0f} KiB" for name, size in sections.items()))


def report_objects():
    """The sizes that static assertions pin."""
    found = []
    for path in sorted((TOP / "src").glob("*/*.[ch]")):
        for name, size in re.findall(r"static_assert\(sizeof\((\w+)\) == (\d+)", path.read_text()):
            found.append((name, int(size)))
    if found:
        print("\npinned sizes: " + ", ".join(f"{name} {size}" for name, size in sorted(set(found))))


def main():
    report_source()
    for program in sys.argv[1:]:
        report_program(program)
    report_objects()


if __name__ == "__main__":
    main()
