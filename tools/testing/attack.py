# SPDX-License-Identifier: MIT
"""Programs that run out of memory at each allocation in turn (tests/memory/oom).

OUNCE_STRESS=fail=N makes the N-th allocation fail that the program itself makes (start-up is not
counted), fail=N+ that one and all after it.  Whatever N, the program may only succeed, or end with
a MemoryError; or go on after a MemoryError that had nowhere to go and was reported.

Most programs have some hundred allocations, and each is tried; those that import much of the
library have ten thousands, most of them alike.  Of these a sample is taken, evenly, and from
another one on every day, so that each has its turn in the course of some weeks.
"""
import os
import re
import subprocess
import tempfile
import time

import program
from program import End, Result, environment, execute, tail
from expect import Expectation, Test

TIMEOUT = 20
SHORT = 5               # for one that may wait for ever, which then is no failure
PATIENCE = 900          # for a program that forks
QUICK = 40              # allocations that fail in each mode in `make test`,
SWEPT = 1000            # with --oom, unless it is the whole that is asked for,
LOOKED = 100            # and with --oom leaks, which looks at all that lives in the end,
SANITIZED = 10          # and with a sanitizer, under which a program starts ten times as slowly
ALONE, TOTAL = -1, -2   # src/runtime/stress.c writes so in the place of a status


def jobs(path, setup):
    files = [path] if path.is_file() else sorted(path.glob("*.py"))
    return [Test(file, setup) if setup.oracle else Sweep(file, setup) for file in files]


class Sweep(Test):
    """One program, run with the first, second, third ... allocation failing."""

    def __call__(self):
        text = self.path.read_text("utf-8")
        wanted = Expectation(text)
        self.may_wait = "\n# may wait: " in text
        end, records = self.forking(0, 1, "")
        if fault := self.judge(wanted, end) or end.stderr:
            return [self.failed("", fault)]
        count = sum(number for number, end in records if end.status == TOTAL)
        if not count:
            return [self.failed("", "it does not say how many allocations there are")]
        step, first = self.pace(count)
        for mode in ("+", ""):
            number, fault = self.sweep(wanted, count, step, first, mode)
            if fault:
                return [self.failed(f"fail={number}{mode}{self.look()}", fault)]
        every = "each" if step == 1 else f"every {step}th from {first} on"
        return [Result(self.name, "passed", f"{count} allocations, {every}")]

    def look(self):
        """What asks for leaks, behind another attack."""
        return ",leaks" if self.setup.oom == "leaks" else ""

    def pace(self, count):
        """Of how many allocations one is tried, and the first one."""
        if self.setup.oom == "whole":
            return 1, 1
        most = SANITIZED if program.sanitized else {"sample": SWEPT, "leaks": LOOKED}.get(self.setup.oom, QUICK)
        step = -(-count // most)
        return step, 1 + int(time.time() / 86400) % step if self.setup.oom else 1

    def sweep(self, wanted, count, step, first, mode):
        """The number of an allocation whose failure ends wrongly, and what is wrong; or (0, '')."""
        own, records = self.forking(step, first, mode)
        if self.judge(wanted, own) is not False:       # the children change files, say, that it needs
            records = ((number, End(ALONE, "", "")) for number in range(first, count + 1, step))
        for number, end in records:
            if end.status == TOTAL:
                continue
            fault = self.fault(wanted, f"fail={number}{mode}{self.look()}") if end.status == ALONE else self.judge(wanted, end)
            if fault:
                return number, fault
        return 0, ""

    def forking(self, step, first, mode):
        """Let the program fork at each allocation that is tried, and the child's fail: how the
        program itself ended, and the records of its children, [(number of the allocation, end)]."""
        with tempfile.TemporaryFile() as report, tempfile.TemporaryFile() as out, \
                tempfile.TemporaryFile() as err, tempfile.TemporaryDirectory() as scratch:
            stress = f"sweep={report.fileno()}{mode}/{step}/{first}{self.look()}"
            process = subprocess.Popen([*self.setup.debug, self.path.name], cwd=self.path.parent,
                                       stdin=subprocess.DEVNULL, stdout=out, stderr=err,
                                       pass_fds=[report.fileno()], preexec_fn=program.limit,
                                       env=environment(OUNCE_STRESS=stress, TMPDIR=scratch))
            try:
                status = process.wait(PATIENCE * program.time_factor)
            except subprocess.TimeoutExpired:
                process.kill()
                status = process.wait()
            report.seek(0)
            return End(status, text_of(out), text_of(err)), list(read_records(report))

    def failed(self, stress, fault):
        again = f"OUNCE_STRESS={stress} {' '.join(self.setup.debug)} tests/{self.name}"
        return Result(self.name, "failed", (stress + ": " if stress else "") + fault, again)

    def fault(self, wanted, stress):
        """What `judge` says of a run of the program."""
        with tempfile.TemporaryDirectory() as scratch:
            end = execute([*self.setup.debug, self.path.name], self.path.parent,
                          SHORT if self.may_wait else TIMEOUT, OUNCE_STRESS=stress, TMPDIR=scratch)
        return "" if self.may_wait and end.timeout else self.judge(wanted, end)

    def judge(self, wanted, end):
        """False if the program succeeds, '' if it ends with a MemoryError, else what is wrong."""
        if crash := end.crash():
            return crash
        lines = [line.rstrip() for line in end.stdout.splitlines()]
        if end.status == 0 and not end.stderr:
            return lines != wanted.stdout and "it succeeds with another output:" + tail(end.stdout)
        rest = without_reports(end.stderr)
        told = [line.lstrip(" |") for line in rest.splitlines()]    # "| ": in a group
        last = ([line for line in told if line and line[:2] != "+-"] or [""])[-1]
        if end.status == 0 and not rest:
            rest = iter(wanted.stdout)
            missing = all(line in rest for line in lines)      # each after the one before
            return "" if missing else "after a report another output:" + tail(end.stdout)
        if end.status == 1 and last.split(":")[0] == "MemoryError":
            return ""
        return f"exit status {end.status}, not a MemoryError:" + tail(end.stderr)


def text_of(file):
    file.seek(0)
    return file.read().decode(errors="replace")


def read_records(report):
    """What src/runtime/stress.c has written of a sweep: the number of the allocation, the end."""
    while line := report.readline():
        number, status, out, err = map(int, line.split())
        stdout, stderr = (report.read(size).decode(errors="replace") for size in (out, err))
        yield number, End(status if status < 0 else os.waitstatus_to_exitcode(status), stdout, stderr)


REPORT = re.compile(r"""^(?: Exception\ ignored.*:\ MemoryError\n
    | Exception\ (?: ignored | in\ thread ) .*\n
      (?: (?: Traceback | [ ][ ] ).*\n | \w.*\n\n(?: During | The\ above ).*\n\n )*
      MemoryError:?[ ]?\n )""", re.MULTILINE | re.VERBOSE)


def without_reports(stderr):
    """The text without the reports of a MemoryError in a finaliser, a callback, a thread or the like."""
    return REPORT.sub("", stderr)
