# SPDX-License-Identifier: MIT
"""Threads that race (tests/threads): each program says that all is well by its exit status.

The short form is part of `make test`: samples of the matrix, another one on every day, and seconds of
the soak, by a debug build that gives up the turn at each safepoint.  The whole is for `make check`: all
pairs of the matrix (on the tsan build, --build tsan), two minutes of the soak, ten thousand threads.
"""
import os
import tempfile
import time

from program import Result, execute, tail

SHORT, WHOLE = 120, 1200        # seconds
SAMPLE = 16                     # of so many pairs of operations one is tried
# name: program, arguments of the short form, of the whole, modes of OUNCE_STRESS in which it runs
RACES = {
    **{f"matrix {kind}": ("matrix.py", [kind, "--every", str(SAMPLE), "--from", "DAY"], [kind], ["", "free"])
       for kind in ("list", "dict", "set", "deque", "bytearray", "instance", "class", "module", "closure", "file", "StringIO", "BytesIO",
                    "iterator")},
    "soak": ("soak.py", ["--seconds", "3"], ["--seconds", "120", "--seed", "DAY"], ["free"]),
    "churn": ("churn.py", ["--count", "1000"], ["--count", "10000"], [""]),
}


def jobs(path, setup):
    return [Race(name, path, setup) for name, race in RACES.items() if path.is_dir() or race[0] == path.name]


class Race:
    """One program, in each of its modes."""

    def __init__(self, name, path, setup):
        self.name, self.setup = name, setup
        file, short, whole, self.modes = RACES[name]
        self.path = path / file if path.is_dir() else path
        day = int(time.time()) // 86400
        self.whole = setup.races == "whole"
        self.arguments = [str(day % SAMPLE if not self.whole else day) if word == "DAY" else word
                          for word in (whole if self.whole else short)]

    def __str__(self):
        return f"threads/{self.name}"

    def __call__(self):
        return [self.run(mode) for mode in (self.modes if self.whole else self.modes[-1:])]

    def run(self, mode):
        words = [*self.setup.debug, str(self.path), *self.arguments]
        stress = {"OUNCE_STRESS": mode} if mode else {}
        with tempfile.TemporaryDirectory() as work:
            end = execute(words, work, WHOLE if self.whole else SHORT, TMPDIR=work, **stress)
        fault = end.crash() or (f"exit status {end.status}" + tail(end.stdout + end.stderr, 20) if end.status else "")
        again = " ".join([f"OUNCE_STRESS={mode}"] * bool(mode) + [os.path.relpath(word) if "/" in word else word for word in words])
        return Result(f"{self} {mode}".strip(), "failed" if fault else "passed", fault, again)
