# SPDX-License-Identifier: MIT
"""Programs that run out of memory at each allocation in turn (tests/memory/oom).

OUNCE_STRESS=fail=N makes the N-th allocation fail that the program itself makes (start-up is not
counted), fail=N+ that one and all after it.  Whatever N, the program may only succeed, or end with
a MemoryError; or go on after a MemoryError that had nowhere to go and was reported.  The sweep with N+ comes first: it ends where the program succeeds, and so tells how
many allocations there are.
"""
import os
import re
import subprocess
import tempfile

import program
from program import End, Result, environment, execute, tail
from expect import Expectation, Test

TIMEOUT = 20
SAMPLE = 40             # allocations that fail in each mode, unless all are asked for
SANITIZED_SAMPLE = 10   # likewise with a sanitizer, which starts ten times as slowly
MOST = 1 << 20          # allocations that no program of tests/memory/oom comes near to


def jobs(path, setup):
    files = [path] if path.is_file() else sorted(path.glob("*.py"))
    return [Test(file, setup) if setup.oracle else Sweep(file, setup) for file in files]


class Sweep(Test):
    """One program, run with the first, second, third ... allocation failing."""

    def __call__(self):
        wanted = Expectation(self.path.read_text("utf-8"))
        fault = self.fault(wanted, "")
        if fault is not False:
            return [self.failed("", fault or "it raises MemoryError by itself")]
        if self.setup.all_allocations and (results := self.sweep(wanted)):
            return results
        count = self.allocations(wanted)
        step = 1 if self.setup.all_allocations else max(1, count // (SANITIZED_SAMPLE if program.sanitized else SAMPLE))
        for mode in ("+", ""):
            for number in range(1, count + 1, step):
                if fault := self.fault(wanted, f"fail={number}{mode}"):
                    return [self.failed(f"fail={number}{mode}", fault)]
        return [Result(self.name, "passed", f"{count} allocations, {step} apart")]

    def sweep(self, wanted):
        """Let the program fork at each allocation and the child's fail, in both modes; None where
        that is no way to run it: the children change files, say, that the parent needs."""
        count = 0
        for mode in ("+", ""):
            with tempfile.TemporaryFile() as report, tempfile.TemporaryFile() as out, \
                    tempfile.TemporaryFile() as err, tempfile.TemporaryDirectory() as scratch:
                done = subprocess.run([*self.setup.debug.split(), self.path.name], cwd=self.path.parent,
                                      stdin=subprocess.DEVNULL, stdout=out, stderr=err, pass_fds=[report.fileno()],
                                      env=environment(OUNCE_STRESS=f"sweep={report.fileno()}{mode}", TMPDIR=scratch))
                own = End(done.returncode, text_of(out), text_of(err))
                if self.judge(wanted, own) is not False:
                    return None
                report.seek(0)
                for number, end in records(report):
                    count += mode == ""
                    if fault := self.judge(wanted, end):
                        return [self.failed(f"fail={number}{mode}", fault)]
        return [Result(self.name, "passed", f"{count} allocations, each")]

    def failed(self, stress, fault):
        program = " ".join(self.setup.debug.split())
        again = f"OUNCE_STRESS={stress} {program} tests/{self.name}"
        return Result(self.name, "failed", (stress + ": " if stress else "") + fault, again)

    def allocations(self, wanted):
        """The least N, found by doubling and halving, with which all later ones may fail."""
        high = 64
        while high < MOST and self.fault(wanted, f"fail={high}+") is not False:
            high *= 2
        low = high // 2
        while high - low > 1:
            middle = (low + high) // 2
            if self.fault(wanted, f"fail={middle}+") is False:
                high = middle
            else:
                low = middle
        return high

    def fault(self, wanted, stress):
        """What `judge` says of a run of the program."""
        with tempfile.TemporaryDirectory() as scratch:
            end = execute([*self.setup.debug.split(), self.path.name], self.path.parent, TIMEOUT,
                          OUNCE_STRESS=stress, TMPDIR=scratch)
        return self.judge(wanted, end)

    def judge(self, wanted, end):
        """False if the program succeeds, '' if it ends with a MemoryError, else what is wrong."""
        if crash := end.crash():
            return crash
        lines = [line.rstrip() for line in end.stdout.splitlines()]
        if end.status == 0 and not end.stderr:
            return lines != wanted.stdout and "it succeeds with another output:" + tail(end.stdout)
        told = [line.lstrip(" |") for line in end.stderr.splitlines()]    # "| ": in a group
        last = ([line for line in told if line and line[:2] != "+-"] or [""])[-1]
        if end.status == 0 and only_ignored(end.stderr):
            rest = iter(wanted.stdout)
            missing = all(line in rest for line in lines)      # each after the one before
            return "" if missing else "after a report another output:" + tail(end.stdout)
        if end.status == 1 and last.split(":")[0] == "MemoryError":
            return ""
        return f"exit status {end.status}, not a MemoryError:" + tail(end.stderr)


def text_of(file):
    file.seek(0)
    return file.read().decode(errors="replace")


def records(report):
    """What src/runtime/stress.c has written of a sweep: the number of the allocation, the end."""
    while line := report.readline():
        number, status, out, err = map(int, line.split())
        stdout, stderr = (report.read(size).decode(errors="replace") for size in (out, err))
        yield number, End(os.waitstatus_to_exitcode(status), stdout, stderr)


def only_ignored(stderr):
    """Is all of it reports of a MemoryError in a finaliser, a callback or the like?"""
    reports = re.split(r"^Exception ignored", stderr, flags=re.MULTILINE)
    return reports[0] == "" and all(
        re.fullmatch(r": MemoryError\n| in: .*\n(?:(?:Traceback|  ).*\n)*MemoryError:? ?\n", report)
        for report in reports[1:])
