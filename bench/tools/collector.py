"""The cycle collector: its share of programs, pauses, full collections, and garbage.

    ounce bench/tools/collector.py [MILLIONS]      MILLIONS of live objects, 10 by default

Each figure is of a process of its own, and is the processor's time.
A pause is the longest stretch between two looks at the clock, 20 new objects apart.
"""
import gc
import os
import runpy
import subprocess
import sys
import time

PROGRAMS = os.path.join(os.path.dirname(os.path.abspath(__file__)), os.pardir, "programs")
clock = time.thread_time


class Node:
    def __init__(self, next):
        self.next = next


class Plain:
    pass


def linked(count):
    head = None
    for _ in range(count):
        node = Plain()
        node.next = head
        head = node
    return head


def listed(count):
    return [[Plain()] for _ in range(count // 2)]


def count_pauses():
    """What tells (times, seconds, longest) of the automatic collections from now on."""
    try:
        from _memtools import pauses
        pauses(True)
        return pauses
    except ImportError:
        told = [0, 0.0, 0.0, 0.0]

        def note(phase, _):
            if phase == "start":
                told[3] = clock()
            else:
                took = clock() - told[3]
                told[:3] = told[0] + 1, told[1] + took, max(told[2], took)
        gc.callbacks.append(note)
        return lambda: tuple(told[:3])


def share(program):
    """Per cent of a program's time in the collector, the freeing of what it found included."""
    main = runpy.run_path(os.path.join(PROGRAMS, program + ".py"))["main"]
    pauses, start = count_pauses(), clock()
    sys.stdout = open(os.devnull, "w")
    main(1.0)
    whole = clock() - start
    sys.stdout = sys.__stdout__
    return pauses()[1] / whole * 100


def growth(kind, count):
    """Milliseconds of the longest pause while so many objects are made, all of which live."""
    longest, last, kept = 0, clock(), None if kind == "linked" else []
    for _ in range(count // 20):
        if kind == "linked":
            for _ in range(20):
                kept = Node(kept)
        else:
            for _ in range(10):
                kept.append([Node(None)])
        now = clock()
        if now - last > longest:
            longest = now - last
        last = now
    return longest * 1000


def full(kind, count):
    """Seconds of gc.collect() over so many objects without garbage."""
    gc.disable()
    kept = (linked if kind == "linked" else listed)(count)
    best = 1e9
    for _ in range(3):
        start = clock()
        gc.collect()
        best = min(best, clock() - start)
    return best if kept else None


def ring(count):
    """Nanoseconds an object for finding and freeing one ring of so many nodes."""
    gc.disable()
    gc.collect()
    start = node = Plain()
    for _ in range(count):
        node.next = Plain()
        node = node.next
    node.next = start
    del start, node
    begin = clock()
    gc.collect()
    return (clock() - begin) / count * 1e9


def old_garbage(count):
    """Nanoseconds of the longest pause for each object of garbage that becomes due in it: structures of so many
    nodes that have grown old die one after the other."""
    pauses, sizes, kept = count_pauses(), [], [None] * 4
    gc.callbacks.append(lambda phase, info: sizes.append(info["collected"]) if phase == "stop" else None)
    for i in range(60):
        nodes = [Node(None) for _ in range(count)]
        for j in range(1, count):
            nodes[j].next = nodes[j - 1]
        nodes[0].next = nodes
        kept[i % 4] = nodes
        del nodes
    return pauses()[2] / max(sizes) * 1e9


FIGURES = [
    ("share of heap_growth", "%.1f %%", 2, "share", "heap_growth"),
    ("share of cycles", "%.1f %%", 2, "share", "cycles"),
    ("share of binary_trees", "%.1f %%", 2, "share", "binary_trees"),
    ("longest pause of growth, linked instances", "%.2f ms", 1, "growth", "linked"),
    ("longest pause of growth, lists and instances", "%.2f ms", 1, "growth", "lists"),
    ("full collection without garbage, linked instances", "%.2f s", 1, "full", "linked"),
    ("full collection without garbage, lists and instances", "%.2f s", 1, "full", "lists"),
    ("a ring of as many, found and freed, an object", "%.0f ns", 1, "ring"),
    ("pause for an object of old garbage", "%.0f ns", 1, "old_garbage", 50_000),
]


def main():
    if sys.argv[1:2] == ["-"]:
        print(globals()[sys.argv[2]](*[int(word) if word.isdigit() else word for word in sys.argv[3:]]), flush=True)
        os._exit(0)
    count = int(float(sys.argv[1] if len(sys.argv) > 1 else 10) * 1_000_000)
    print(f"objects: {count}")
    for name, text, runs, kind, *words in FIGURES:
        words += [count] if kind in ("growth", "full", "ring") else []
        command = [sys.executable, __file__, "-", kind, *map(str, words)]
        figures = [float(subprocess.run(command, stdout=subprocess.PIPE, check=True).stdout) for _ in range(runs)]
        print(f"{name}: {text % min(figures)}", flush=True)


main()
