# SPDX-License-Identifier: MIT
"""Run a module of unittest tests and write what becomes of each test into a report, line by line.

    run_module.py MODULE FOLDER REPORT DONE    run the tests that the file DONE does not list
    run_module.py MODULE FOLDER                print how many tests there are

The tests themselves are loaded and run by unittest, as `-m unittest MODULE` does.  FOLDER is put
on sys.path.  A line is written before a test starts, so that a crash names the test.
"""
import importlib
import os
import sys
import types
import unittest


class Report(unittest.TestResult):
    """Writes a line when a test starts and one when it ends."""

    def __init__(self, file):
        super().__init__()
        self.file = file
        self.worst = {}

    def write(self, *words):
        os.write(self.file, (" ".join(words) + "\n").encode("utf-8", "backslashreplace"))

    def startTest(self, test):
        super().startTest(test)
        self.worst[test.unique] = "passed", ""
        self.write("start", test.unique)

    def stopTest(self, test):
        super().stopTest(test)
        outcome, detail = self.worst[test.unique]
        self.write(outcome, test.unique + "\t" + ascii(detail))

    def judge(self, test, outcome, detail):
        name = unique(test)
        order = ("passed", "skipped", "failed")
        if name not in self.worst:          # setUpClass or setUpModule
            self.write(outcome, name + "\t" + ascii(detail))
        elif order.index(outcome) > order.index(self.worst[name][0]):
            self.worst[name] = outcome, detail

    def addFailure(self, test, error):
        self.judge(test, "failed", self._exc_info_to_string(error, test))

    addError = addFailure

    def addSubTest(self, test, subtest, error):
        if error is not None:
            self.judge(test, "failed", str(subtest) + "\n" + self._exc_info_to_string(error, test))

    def addSkip(self, test, reason):
        self.judge(test, "skipped", reason)

    def addExpectedFailure(self, test, error):
        pass

    def addUnexpectedSuccess(self, test):
        self.judge(test, "failed", "unexpected success")


def unique(test):
    return getattr(test, "unique", None) or test.id()


def flatten(suite, seen):
    """The tests of a suite, each with a name of its own."""
    for each in suite:
        if isinstance(each, unittest.BaseTestSuite):
            yield from flatten(each, seen)
        else:
            name = each.id()
            seen[name] = seen.get(name, 0) + 1
            each.unique = name if seen[name] == 1 else "%s#%d" % (name, seen[name])
            yield each


def remove(suite, done):
    """Take the tests out that had their turn; the suites keep their structure for fixtures."""
    kept = []
    for each in suite:
        if isinstance(each, unittest.BaseTestSuite):
            remove(each, done)
            kept.append(each)
        elif each.unique not in done:
            kept.append(each)
    suite._tests = kept


def run(suite, files):
    """Run what is left of a suite, or count it."""
    count = sum(1 for _ in flatten(suite, {}))
    if not files:
        print(count)
        return
    report, done = files
    with open(done) as file:
        remove(suite, set(file.read().split("\n")))
    file = os.open(report, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    result = Report(file)
    suite.run(result)
    result.write("end")


def run_by_test_main(name, files):
    """A module whose tests need what its test_main sets up: run what that hands to run_unittest."""
    load = unittest.defaultTestLoader.loadTestsFromTestCase
    module = importlib.import_module(name)
    module.run_unittest = lambda *cases: run(unittest.TestSuite(map(load, cases)), files)
    module.run_doctest = lambda *module, **options: None
    module.test_main()


def answer_for_internals():
    """CPython's tests ask its _testinternalcapi whether code has columns; without an answer whole files
    are skipped.  What else they want of it skips the test that wants it."""
    def wanted(name):
        if name.startswith("__"):
            raise AttributeError(name)
        raise unittest.SkipTest("_testinternalcapi is CPython's")
    internals = types.ModuleType("_testinternalcapi")
    internals.get_config = lambda: {"code_debug_ranges": "no_debug_ranges" not in sys._xoptions}
    internals.__getattr__ = wanted
    sys.modules[internals.__name__] = internals


def call_deep(depth, function, *args):
    """As deep in calls as `-m unittest` is, since some tests count those above them."""
    if depth:
        call_deep(depth - 1, function, *args)
    else:
        function(*args)


def main():
    module, folder, *files = sys.argv[1:]
    sys.path[0] = folder
    sys.argv[1:] = []
    if sys.implementation.name != "cpython":
        answer_for_internals()
    if module == "test.test_decimal":
        run_by_test_main(module, files)
    else:
        call_deep(5, run, unittest.defaultTestLoader.loadTestsFromName(module), files)


if __name__ == "__main__":
    main()
