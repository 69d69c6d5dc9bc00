#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Run Ounce's tests in parallel; print the failures, one line to run each again, and the sum.

How far the run is goes to standard error: one line, written over, on a terminal, else a line a minute.

What to run is named by kind (unit lang types lib threads conformance oom limit), by rung (R1) or by path;
without a name, everything.  tests/README.md tells how each kind states what it expects.
"""
import argparse
import concurrent.futures
import os
import queue
import signal
import sys
import tempfile
import time
from pathlib import Path

sys.dont_write_bytecode = True
sys.path.insert(0, str(Path(__file__).parent / "testing"))
import attack
import expect
import program
import races
import suites

TOP = Path(__file__).resolve().parent.parent
KINDS = ("R1", "R2", "R3", "R4", "R5", "R6", "R7", "R8", "lib", "threads", "oom", "limit", "unit",
         "lang", "types")  # the long ones first


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    option = parser.add_argument
    option("what", nargs="*", help="kinds, rungs, files or folders (default: everything)")
    option("--ounce", help="the program to test (default: build/ounce)")
    option("--build", default="debug", help="the build for unit tests and attacks (default: debug)")
    option("--oracle", action="store_true", help="lang and types on CPython, to check the expectations")
    option("--stress", metavar="MODE", help="with OUNCE_STRESS=MODE (gc, slice, share, free, move, wide) on the debug build")
    option("--oom", choices=["sample", "whole", "leaks"],
           help="fail a thousand allocations of each of tests/memory/oom, or every one, or a hundred and look for leaks")
    option("--races", choices=["short", "whole"], help="how much of tests/threads (default: short)")
    option("--leaks", action="store_true", help="run each file several times: what is live must stay flat")
    option("--strict", action="store_true", help="known failures count as failures")
    option("-j", type=int, default=os.cpu_count(), dest="jobs", help="tests at once")
    option("-v", action="store_true", dest="verbose", help="print every result, with its time")
    option("--timeout", type=float, default=1, help="factor on every time limit")
    options = parser.parse_args()
    sys.stdout.reconfigure(errors="backslashreplace")
    signal.signal(signal.SIGINT, signal.default_int_handler)       # a shell may have it ignored behind "&"
    program.time_factor = options.timeout
    program.sanitized = options.build in ("asan", "tsan")
    debug = TOP / "build" / options.build / "ounce"
    attacking = options.stress or options.oom or options.leaks or options.build != "debug"
    ounce = program.ORACLE if options.oracle else options.ounce or (debug if attacking else TOP / "build/ounce")
    if options.stress:
        os.environ["OUNCE_STRESS"] = options.stress
    cache = tempfile.TemporaryDirectory(prefix="ounce-cache-")     # not the user's: none is warm before
    os.environ["XDG_CACHE_HOME"] = cache.name

    what = options.what
    if options.oracle:
        what = what or ["lang", "types", "oom"]
    elif options.oom:
        what = what or ["oom"]
    elif options.stress or options.leaks:
        what = what or ["lang", "types"]
    setup = Setup(program.command(ounce), debug, options)
    jobs = [job for word in what or KINDS for job in jobs_of(word, setup)]
    if not jobs:
        sys.exit(f"test: nothing to run for {' '.join(what) or 'any kind'}")
    sys.exit(run(jobs, options))


class Setup:
    """What the tests are run with."""

    def __init__(self, ounce, debug, options):
        self.ounce = ounce                                     # the program to test, as a list
        self.debug = ounce if options.ounce else [str(debug)]   # likewise, to fail its allocations
        self.oracle = options.oracle
        self.leaks = options.leaks
        self.strict = options.strict
        self.oom = options.oom
        self.races = options.races
        self.units = debug.parent / "unit"
        self.stress = options.stress
        self.again = f"tools/test.py{shown(options)}"


def shown(options):
    """The options that a line to run a test again must repeat."""
    words = [f" --{name}" for name in ("oracle", "leaks") if getattr(options, name)]
    words += [f" --{name} {value}" for name in ("ounce", "stress", "oom", "races") if (value := getattr(options, name))]
    return "".join(words) + (f" --build {options.build}" if options.build != "debug" else "")


def jobs_of(word, setup):
    """The jobs that a word of the command line names."""
    tests = TOP / "tests"
    if word in ("lang", "types"):
        return expect.jobs(tests / word, setup)
    if word == "lib":
        return suites.library(tests / "lib", setup)
    if word == "conformance" or word[0] == "R" and word[1:].isdigit():
        return suites.conformance(tests / "conformance", setup, word)
    if word == "oom":
        return attack.jobs(tests / "memory/oom", setup)
    if word == "limit":
        return expect.jobs(tests / "memory/limit", setup)
    if word == "threads":
        return races.jobs(tests / "threads", setup)
    if word == "unit":
        return suites.units(setup)
    path = Path(word).resolve()
    if not path.exists():
        found = suites.conformance(tests / "conformance", setup, word)
        return found or sys.exit(f"test: no such kind, rung, file or folder: {word}")
    if tests / "memory/oom" in (path, *path.parents):
        return attack.jobs(path, setup)
    if tests / "threads" in (path, *path.parents):
        return races.jobs(path, setup)
    if tests / "lib" in (path, *path.parents):
        return suites.library(path, setup)
    return expect.jobs(path, setup)


def run(jobs, options):
    """Run the jobs, print what fails and the sum; return the exit status."""
    start = time.perf_counter()
    passed = failed = skipped = 0
    notes = []
    known = {} if options.oracle or options.strict else suites.read_known(TOP / "tests/known_failures.txt")
    with concurrent.futures.ThreadPoolExecutor(options.jobs) as pool:
        finished = queue.SimpleQueue()
        for job in jobs:
            pool.submit(timed, job).add_done_callback(finished.put)
        progress = Progress(len(jobs), options.jobs)
        try:
            for done in range(len(jobs)):
                results, note, seconds = progress.wait(finished, done, failed).result()
                notes += [note] if note else []
                for result in results:
                    if result.outcome == "failed" and result.name in known:
                        result.outcome, result.detail = "skipped", known[result.name]
                    elif result.outcome == "passed" and result.name in known:
                        result.outcome = "failed"
                        result.detail = "passes, but tests/known_failures.txt lists it: take it out"
                    passed += result.count * (result.outcome == "passed")
                    failed += result.count * (result.outcome == "failed")
                    skipped += result.count * (result.outcome == "skipped")
                    if result.outcome == "failed" or options.verbose:
                        progress.clear()
                        print(result.text(seconds), flush=True)
        except KeyboardInterrupt:
            progress.clear()
            pool.shutdown(wait=False, cancel_futures=True)
            program.stop()
            print("test: interrupted", file=sys.stderr)
            failed += 1
    progress.clear()
    print(*sorted(notes), sep="\n", end="\n" if notes else "")
    print(f"{time.perf_counter() - start:.0f} s")
    print(f"{passed} passed, {failed} failed, {skipped} skipped")
    return failed > 0


class Progress:
    """How far the run is, on standard error."""

    def __init__(self, count, at_once):
        self.count = count
        self.watched = sys.stderr.isatty()
        self.pause = 1 if self.watched else 60      # seconds between two lines
        self.start = self.last = time.perf_counter()
        if count > at_once:     # else it is soon over, or one file that somebody asked for
            print(f"{count} files of tests, {at_once} at once, the long ones first", file=sys.stderr, flush=True)

    def wait(self, finished, done, failed):
        """The next job that is finished."""
        while True:
            try:
                future = finished.get(timeout=max(0, self.last + self.pause - time.perf_counter()))
            except queue.Empty:
                self.last = time.perf_counter()
                self.show(f"{done} of {self.count} files done, {failed} tests failed, {self.last - self.start:.0f} s")
            else:
                return future

    def show(self, text):
        print(f"\r{text}\x1b[K" if self.watched else text, end="" if self.watched else "\n", file=sys.stderr, flush=True)

    def clear(self):
        """Make room on the terminal for a line that stays."""
        if self.watched:
            self.show("")


def timed(job):
    """The results of a job, a note for the end, and how long it took."""
    start = time.perf_counter()
    try:
        answer = job()
    except Exception as error:     # the runner's own fault must not pass for silence
        answer = [program.Result(str(job), "failed", f"the runner fails: {error!r}")]
    results, note = answer if isinstance(answer, tuple) else (answer, None)
    return results, note, time.perf_counter() - start


if __name__ == "__main__":
    main()
