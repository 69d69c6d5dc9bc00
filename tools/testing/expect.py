# SPDX-License-Identifier: MIT
"""Tests that state what they print beside the line that prints it (tests/lang, tests/types)."""
import re
import tempfile
from pathlib import Path

from program import Result, execute, tail

TIMEOUT = 20
STRESSED = 300          # collecting at each allocation is slow
COMMENT = re.compile(r"# (expect error|expect stderr|expect exit|expect|options|stdin|only|not under|skip)(?:: ?(.*)|$)")

ADDRESS = re.compile(r"\b0x[0-9a-f]{6,16}\b")        # differs from run to run


class Expectation:
    """What the comments of a test file say."""

    def __init__(self, text):
        self.stdout, self.stderr, self.stdin, self.options = [], [], [], []
        self.error = self.line = self.exit = self.only = None
        self.not_under = []
        for number, line in enumerate(text.splitlines(), 1):
            if not (found := list(COMMENT.finditer(line))):
                continue
            key, value = found[-1][1], (found[-1][2] or "").rstrip()
            if key == "expect":
                self.stdout.append(value)
            elif key == "expect error":
                self.error, self.line = value, number
            elif key == "expect stderr":
                self.stderr.append(value)
            elif key == "expect exit":
                self.exit = int(value)
            elif key == "options":
                self.options += value.split()
            elif key == "stdin":
                self.stdin.append(value + "\n")
            elif key == "only":
                self.only = value
            elif key == "not under":
                self.not_under.append(value)
        if self.exit is None:
            self.exit = 1 if self.error else 0

    def empty(self):
        return not (self.stdout or self.stderr or self.error or self.exit)


def jobs(path, setup):
    """A job for each test: the files of the areas, not what lies in deeper folders beside them."""
    if path.is_file():
        files = [path]
    else:
        files = sorted(path.glob("*/*.py" if path.parent.name == "tests" else "*.py"))
    if setup.leaks:
        return [Leaks(file, setup) for file in files]
    return [Test(file, setup) for file in files]


class Test:
    """One file, run once."""

    def __init__(self, path, setup):
        self.path, self.setup = path, setup
        self.name = "/".join(path.parts[-3:])
        self.again = f"{setup.again} tests/{self.name}"

    def __str__(self):
        return self.name

    def __call__(self):
        wanted = Expectation(self.path.read_text("utf-8", "surrogateescape"))
        if wanted.only == "ounce" and self.setup.oracle or self.setup.stress in wanted.not_under:
            return [Result(self.name, "skipped")]
        with tempfile.TemporaryDirectory() as scratch:
            end = execute(
                [*self.setup.ounce, *wanted.options, self.path.name], self.path.parent,
                STRESSED if self.setup.stress else TIMEOUT, "".join(wanted.stdin) or None, TMPDIR=scratch)
        reason = "it expects nothing" if wanted.empty() else end.crash() or self.compare(wanted, end)
        return [Result(self.name, "failed" if reason else "passed", reason, self.again)]

    def compare(self, wanted, end):
        """What differs from the expectation, or ''."""
        folder = str(self.path.parent) + "/"
        stderr = end.stderr.replace(folder, "")
        complaint = different("stdout", wanted.stdout, end.stdout.replace(folder, ""))
        if not complaint and wanted.stderr:
            complaint = different("stderr", wanted.stderr, stderr)
        if not complaint and wanted.error:
            complaint = self.compare_error(wanted, stderr)
        if not complaint and end.status != wanted.exit:
            complaint = f"exit status {end.status}, expected {wanted.exit}"
        if not complaint and stderr and not wanted.stderr and not wanted.error:
            complaint = "stderr was to be empty"
        return complaint and complaint + ("" if wanted.stderr else tail(stderr))

    def compare_error(self, wanted, stderr):
        """The last line of stderr, and the line of this file that the traceback begins with."""
        last = (stderr.rstrip().splitlines() or [""])[-1]
        if last != wanted.error:
            return f"error:    {last}\nexpected: {wanted.error}"
        lines = re.findall(rf'File "{re.escape(self.path.name)}", line (\d+)', stderr)
        if not lines or int(lines[0]) != wanted.line:
            return f"the error is reported for line {lines[0] if lines else 'none'}, expected {wanted.line}"
        return ""


def different(stream, wanted, text):
    """Where a stream differs from the lines wanted, or ''."""
    lines = [ADDRESS.sub("0x...", line.rstrip()) for line in text.splitlines()]
    wanted = [ADDRESS.sub("0x...", line) for line in wanted]
    for number, (line, want) in enumerate(zip(lines, wanted), 1):
        if line != want:
            return f"{stream} line {number}: {line}\n{'expected:':>{len(stream) + 7 + len(str(number))}} {want}"
    if len(lines) > len(wanted):
        return f"{stream} line {len(wanted) + 1}: unexpected: {lines[len(wanted)]}"
    if len(lines) < len(wanted):
        return f"{stream} ends after {len(lines)} lines, expected: {wanted[len(lines)]}"
    return ""


class Leaks(Test):
    """One file, run many times in one process: objects, blocks and descriptors must stay flat."""

    def __call__(self):
        wanted = Expectation(self.path.read_text("utf-8", "surrogateescape"))
        if wanted.error or wanted.exit or wanted.options or wanted.stdin or "leaks" in wanted.not_under:
            return [Result(self.name, "skipped", "it ends its process")]
        return self.run()

    def run(self):
        driver = Path(__file__).resolve().parents[2] / "tests/memory/flat.py"
        with tempfile.TemporaryDirectory() as scratch:
            end = execute([*self.setup.ounce, str(driver), self.path.name], self.path.parent, STRESSED, TMPDIR=scratch)
        reason = end.crash() or end.status and tail(end.stdout + end.stderr, 12).lstrip()
        return [Result(self.name, "failed" if reason else "passed", reason or "", self.again)]
