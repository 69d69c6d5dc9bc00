# SPDX-License-Identifier: MIT
"""Tests by unittest (tests/lib, CPython's own files) and the unit tests in C."""
import ast
import os
import socket
import subprocess
import tempfile
from pathlib import Path

from expect import Leaks
from program import ORACLE, Result, execute, tail

TIMEOUT = 180           # for one run of a test module
SLOW = 600              # for one of rung R9, or in an attack mode
RESTARTS = 25           # a module that crashes in more tests than this is given up
RUNNER = Path(__file__).resolve().parents[2] / "tests/conformance/run_module.py"


def knows(*names):
    try:
        return all(socket.getaddrinfo(name, 80) for name in names)
    except OSError:
        return False


# What the manifest may say that a module needs of the machine: (is it there?, the reason if not).
NEEDS = {"localhost": (lambda: knows("localhost"), "this machine cannot look up localhost: /etc/hosts?"),
         "names": (lambda: knows("localhost", socket.gethostname()),
                   "this machine cannot look up localhost and its own name: /etc/hosts?"),
         "headers": (Path("/usr/include/python3.11/pyconfig.h").exists,
                     "libpython3.11-dev is not installed"),
         "wheels": (Path("/usr/lib/python3.11/ensurepip").exists,
                    "python3.11-venv is not installed")}


def library(path, setup):
    files = [path] if path.is_file() else sorted(path.glob("test_*.py"))
    if setup.leaks:
        return [ModuleLeaks(file, setup) for file in files]
    return [Module(file.stem, file.parent, setup, {}, None) for file in files]


def conformance(folder, setup, word):
    """The modules of the manifest: all, those of a rung, or one."""
    known = {} if setup.strict else read_known(folder / "known_failures.txt")
    jobs = []
    for line in (folder / "manifest.txt").read_text().splitlines():
        rung, *module = line.split("#")[0].split() or [""]
        if module and word in ("conformance", rung, module[0]):
            name, count, *needs = module
            lacking = [why for there, why in map(NEEDS.__getitem__, needs) if not there()]
            jobs.append(Lacking(name, int(count), lacking[0]) if lacking else
                        Module("test." + name, folder, setup, known, int(count), rung))
    return jobs


class ModuleLeaks(Leaks):
    """The tests of a file again and again."""

    def __init__(self, path, setup):
        super().__init__(path, setup)
        self.name = f"lib/{path.name}"
        self.excepted = "\n# not under: leaks" in path.read_text("utf-8")
        self.again = f"{setup.again} tests/{self.name}"

    def __call__(self):
        return [Result(self.name, "skipped", "it says so")] if self.excepted else self.run()


class Lacking:
    """A module that this machine cannot run."""

    def __init__(self, module, count, why):
        self.module, self.count, self.why = module, count, why

    def __str__(self):
        return self.module

    def __call__(self):
        return ([Result("test." + self.module, "skipped", self.why, count=self.count)],
                f"test.{self.module} is skipped: {self.why}")


def read_known(path):
    """The known failures: {test id: reason}."""
    known = {}
    for line in path.read_text().splitlines():
        if line and not line.startswith("#"):
            test, _, reason = line.partition(": ")
            if not reason.strip():
                raise ValueError(f"{path.name}: no reason for {test}")
            known[test] = reason
    return known


class Module:
    """A module of unittest tests, counted test by test; a crash costs one test, not the module."""

    def __init__(self, module, folder, setup, known, count, rung=None):
        self.module, self.folder, self.setup, self.count, self.rung = module, folder, setup, count, rung
        self.known = known          # tests of packages that the module hands on have other names
        self.own = {test for test in known if (test + ".").startswith(module + ".")}
        self.again = f"{setup.again} {module.removeprefix('test.') if rung else f'tests/lib/{module}.py'}"

    def __str__(self):
        return self.module

    def __call__(self):
        found = self.run()
        results = []
        for test, (outcome, detail) in found.items():
            why = self.known.get(test)
            if outcome == "failed" and why:
                outcome, detail = "skipped", why
            elif outcome == "passed" and why:
                outcome, detail = "failed", "passes, but known_failures.txt lists it: take it out"
            results.append(Result(test, outcome, detail, self.again))
        lost = (self.count or 0) - len(found)
        if lost > 0:        # another update of Debian's package may have other tests
            lost = self.cpythons_count() - len(found)
        if lost > 0:
            why = self.known.get(self.module)
            results.append(Result(self.module, "skipped" if why else "failed",
                                  why or f"{lost} of {self.count} tests were not found", self.again, lost))
        for test in self.own - found.keys() - ({self.module} if lost > 0 else set()):
            results.append(Result(test, "failed", "known_failures.txt lists it: there is no such test"))
        return results, self.note(found) if self.rung else None

    def cpythons_count(self):
        """How many tests CPython's loader finds on this machine; the manifest's number if it cannot tell."""
        end = subprocess.run([ORACLE, str(RUNNER), self.module, str(self.folder)], capture_output=True,
                             text=True, timeout=TIMEOUT)
        return int(end.stdout) if end.stdout.strip().isdigit() else self.count

    def note(self, found):
        """One line for the end of the run when tests of this module fail, known or not."""
        good = sum(outcome != "failed" for outcome, _ in found.values())
        total = max(len(found), self.count)
        return f"{self.rung} {self.module}: {good} of {total}" if good < total else None

    def run(self):
        """Run until every test had its turn: {test id: (outcome, detail)}."""
        found = {}
        for _ in range(RESTARTS):
            with tempfile.TemporaryDirectory() as scratch:
                report = os.path.join(scratch, "report")
                done = os.path.join(scratch, "done")
                Path(done).write_text("\n".join(found))
                os.mkdir(work := os.path.join(scratch, "work"))
                end = execute([*self.setup.ounce, str(RUNNER), self.module, str(self.folder), report, done],
                              work, SLOW if self.rung == "R9" or self.setup.stress else TIMEOUT, TMPDIR=work)
                running, complete = read_report(report, found)
            if complete and not end.crash():
                break
            why = end.crash() or f"exit status {end.status}" + tail(end.stderr)
            if running is None or running in found:
                found[self.module] = "failed", why
                break
            found[running] = "failed", why
        return found


def read_report(path, found):
    """Add the outcomes to `found`; return the test that was running, and if the report is complete."""
    running, complete = None, False
    lines = Path(path).read_text("utf-8", "replace").splitlines() if os.path.exists(path) else []
    for line in lines:
        word, _, rest = line.partition(" ")
        if word == "start":
            running = rest
        elif word == "end":
            complete = True
        elif word in ("passed", "failed", "skipped"):
            test, _, detail = rest.partition("\t")
            found[test] = word, ast.literal_eval(detail) if detail else ""
            running = None
    return running, complete


def units(setup):
    return [Unit(path, setup) for path in sorted(setup.units.glob("*/*_test")) if not path.is_dir()]


class Unit:
    """A unit test in C: exits with 0, or says what is wrong on stderr."""

    def __init__(self, path, setup):
        self.path = path
        self.name = "unit/" + "/".join(path.parts[-2:])

    def __str__(self):
        return self.name

    def __call__(self):
        end = execute([str(self.path)], self.path.parent, 60)
        reason = end.crash() or end.status and f"exit status {end.status}" + tail(end.stdout + end.stderr)
        return [Result(self.name, "failed" if reason else "passed", reason or "", str(self.path))]
