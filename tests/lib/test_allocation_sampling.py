"""The sample of allocations that is always taken: _tracemalloc._get_samples()."""
import json
import os
import subprocess
import sys
import tempfile
import unittest

PROGRAM = """
import _tracemalloc, collections, json
class Truck:
    def __init__(self, i):
        self.number = i; self.name = "truck %d" % i
def trucks(n):
    return [Truck(i) for i in range(n)]
def buffers(n):
    return [bytes(3000) for _ in range(n)]
def growing(n):
    grown = []
    for i in range(n):
        grown.append(i)
    return grown
def deep(n, f):
    return deep(n - 1, f) if n else f()
a = trucks(30000)
b = buffers(1000)
c = deep(100, lambda: bytes(5000000))
d = growing(500000)
junk = trucks(30000); del junk
def summary():
    size = collections.Counter(); count = collections.Counter()
    for domain, each, places, total, weight in _tracemalloc._get_samples():
        assert domain == 0 and weight >= 1 and len(places) <= 32 <= max(total, 32)
        size[places[0][1]] += each * weight; count[places[0][1]] += weight
    return [size, count]
one = summary()
calls = [(len(p), t) for _, s, p, t, _ in _tracemalloc._get_samples() if s > 4900000]
del a, b, c, d
two = summary()
print(json.dumps([one, two, calls, _tracemalloc._get_sample_rate()]))
"""


def run(*options, program=PROGRAM, folder=None):
    return subprocess.run([sys.executable, *options, "-c", program], capture_output=True, text=True,
                          cwd=folder, env={"PYTHONHASHSEED": "7"})


class Sampling(unittest.TestCase):
    def near(self, value, truth, tolerance):
        self.assertLess(abs(value - truth), truth * tolerance, (value, truth))

    def test_estimates(self):
        done = run("-X", "alloctrace=2000")
        self.assertEqual(done.stderr, "")
        (size, count), (size_after, _), calls, rate = json.loads(done.stdout)
        self.assertEqual(rate, 2000)
        self.near(count["5"], 30000, 0.2)
        self.near(size["5"], 30000 * sys.getsizeof("truck 10000"), 0.2)
        self.near(count["7"], 30000, 0.2)
        self.near(size["9"], 1000 * sys.getsizeof(bytes(3000)), 0.2)
        self.near(size["13"], 500000 * 8, 0.2)
        self.assertEqual(calls, [[32, 103]])
        for line in ("5", "7", "9", "13"):
            self.assertLess(size_after.get(line, 0), size[line] / 10)

    def test_a_large_cell_is_a_sample_for_certain(self):
        done = run(program="import _tracemalloc as t\n"
                           "big = bytes(100 << 20)\n"
                           "print([(s >> 20, p, n, w) for _, s, p, n, w in t._get_samples() if s > 1 << 26])\n"
                           "big = None\n"
                           "print([s for _, s, *_ in t._get_samples() if s > 1 << 26])")
        self.assertEqual(done.stdout, "[(100, (('<string>', 2),), 1, 1.0)]\n[]\n")

    def test_snapshots(self):
        with tempfile.TemporaryDirectory() as folder:
            done = run("-X", "alloctrace=2000", folder=folder, program="import tracemalloc as t\n"
                       "def f(): return [bytes(3000) for _ in range(2000)]\n"
                       "old = t.take_snapshot(sampled=True)\n"
                       "a = f()\n"
                       "s = t.take_snapshot(sampled=True)\n"
                       "one = s.statistics('lineno')[0]\n"
                       "print(one.traceback[0].lineno, 5.5e6 < one.size < 7.5e6, 1500 < one.count)\n"
                       "print(s.compare_to(old, 'lineno')[0].size_diff > 5.5e6)\n"
                       "s.dump('dumped'); s = s.load('dumped')\n"
                       "mine = s.filter_traces([t.Filter(True, '<string>', 2)])\n"
                       "print(mine.statistics('filename', True)[0].size > 5.5e6, type(mine).__name__)\n"
                       "print(len(s.statistics('traceback')[0].traceback))\n"
                       "try: t.take_snapshot()\n"
                       "except RuntimeError as e: print(e)")
        self.assertEqual(done.stderr, "")
        self.assertEqual(done.stdout, "2 True True\nTrue\nTrue SampledSnapshot\n3\n"
                         "the tracemalloc module must be tracing memory allocations to take a "
                         "snapshot\n")

    def test_report(self):
        with tempfile.TemporaryDirectory() as folder:
            script = os.path.join(folder, "script.py")
            with open(script, "w") as file:
                file.write("import sys\ndef f():\n    return [bytes(9000) for _ in range(3000)]\n"
                           "keep = f()\nprint(sys.argv[1:], __name__)\n")
            for options in ([], ["--sampled"], ["-f", "3", "-n", "2"]):
                done = subprocess.run([sys.executable, "-m", "tracemalloc", *options, script, "-n", "x"],
                                      capture_output=True, text=True)
                self.assertEqual(done.stdout, "['-n', 'x'] __main__\n")
                self.assertRegex(done.stderr, r"#1: \d\d\.\d MiB \(\d+\.\d%\), \d+ cells\n")
                self.assertIn(f'File "{script}", line 3', done.stderr)
            self.assertNotIn("#3", done.stderr)

    def test_tracing_and_sampling_take_turns(self):
        done = run("-X", "alloctrace=1000", program="import _tracemalloc as t\n"
                   "def f(): return [bytes(50) for _ in range(2000)]\n"
                   "def n(): return sum(1 for _, s, p, *_ in t._get_samples()\n"
                   "                    if p[0][1] == 2 and s == bytes(50).__sizeof__())\n"
                   "a = f(); one = n()\n"
                   "t.start(); b = f(); two = n(); t.stop()\n"
                   "c = f(); three = n()\n"
                   "a = b = c = None\n"
                   "print(one > 50, two == one, three > one + 50, n())")
        self.assertEqual(done.stdout, "True True True 0\n")

    def test_off(self):
        done = run("-X", "alloctrace=0", program="import _tracemalloc as t\n"
                   "big = bytes(100 << 20)\nprint(t._get_sample_rate(), t._get_samples())")
        self.assertEqual(done.stdout, "0 []\n")

    def test_a_bad_rate_is_told(self):
        for bad in ("x", "-3", ""):
            done = run("-X", "alloctrace=" + bad)
            self.assertEqual(done.returncode, 2)
            self.assertIn("not a size; write a number of bytes, or 512K, 2M; 0: off", done.stderr)


if __name__ == "__main__":
    unittest.main()
