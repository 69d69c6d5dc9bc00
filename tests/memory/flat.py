# SPDX-License-Identifier: MIT
"""Run a test file again and again in one process: objects, blocks and descriptors must stay flat."""
import array
import atexit
import gc
import importlib
import io
import os
import re
import runpy
import sys
import unittest

WARM_UP = 4
RUNS = 4
# What a program may change for its own purposes is put back after each run.
STATE = [(sys, name) for name in (
    "stdout", "stderr", "argv", "path", "meta_path", "path_hooks", "path_importer_cache",
    "excepthook", "unraisablehook", "displayhook", "breakpointhook")]


def census(seen, run):
    """Note what is alive: objects that the collector knows, blocks of memory, open descriptors."""
    for _ in range(3):
        gc.collect()
    seen[0][run] = len(gc.get_objects())
    seen[1][run] = sys.getallocatedblocks()
    seen[2][run] = len(os.listdir("/proc/self/fd"))


def copied(value):
    return type(value)(value) if isinstance(value, (list, dict)) else value


def stays(name):
    """Is this one of the library's modules, which the next run finds imported?"""
    file = getattr(sys.modules[name], "__file__", None)
    return file.startswith("/usr") if file else name in sys.builtin_module_names


def forget_caches():
    """Those of the library that grow with every new path, pattern or class."""
    importlib.invalidate_caches()
    re.purge()
    if zipimport := sys.modules.get("zipimport"):
        zipimport._zip_directory_cache.clear()
    if metadata := sys.modules.get("importlib.metadata"):
        metadata.FastPath.__new__.cache_clear()
    if ctypes := sys.modules.get("ctypes"):
        ctypes._reset_cache()
    for forget in getattr(sys.modules.get("typing"), "_cleanups", ()):
        forget()


def run_file(path):
    """Run a program, or the tests of a file of tests/lib, which must succeed here too."""
    folder, name = os.path.split(path)
    if os.path.basename(folder) != "lib":
        runpy.run_path(path, run_name="__main__")
        return
    tests = unittest.defaultTestLoader.loadTestsFromName(name.removesuffix(".py"))
    tests.run(result := unittest.TestResult())
    for test, error in result.errors + result.failures:
        print(f"{test.id()} fails when it is run again:\n{error}", file=sys.__stdout__)
    if not result.wasSuccessful():
        os._exit(1)


def once(path):
    """Run the file, its output thrown away."""
    kept = [(space, name, copied(getattr(space, name))) for space, name in STATE]
    modules = set(sys.modules)
    sys.stdout, sys.stderr, sys.argv = io.StringIO(), io.StringIO(), [path]
    sys.path.insert(0, os.path.dirname(os.path.abspath(path)))
    try:
        run_file(path)
    except SystemExit:
        pass
    finally:
        for space, name, value in kept:
            setattr(space, name, value)
        for name in set(sys.modules) - modules:
            if not stays(name):
                del sys.modules[name]
        atexit._clear()
        forget_caches()


def main():
    path = os.path.abspath(sys.argv[1])
    seen = [array.array("q", [0] * (RUNS + 1)) for _ in range(3)]     # noting takes no memory
    for run in range(-WARM_UP, RUNS + 1):
        once(path)
        census(seen, max(0, run))
    for what, values in zip(("objects", "blocks", "descriptors"), seen):
        deltas = [after - before for before, after in zip(values, values[1:])]
        if min(deltas) > 0:
            print(f"{what} leak: {deltas} over {RUNS} runs")
            sys.exit(1)


if __name__ == "__main__":      # not in the children that multiprocessing starts
    main()
