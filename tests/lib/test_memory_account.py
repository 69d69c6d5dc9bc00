"""sys._debugmallocstats() and PYTHONMALLOCSTATS: the account of the process's memory."""
import re
import subprocess
import sys
import unittest

TAIL = "; import sys; sys._debugmallocstats()"


def account(program, **environment):
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True,
                          env=environment)
    return done.stderr


def lines(text):
    """name -> bytes of the last part: what is resident."""
    part = text[text.index("Resident memory of the process"):]
    return {name: int(size) for size, name in re.findall(r"^ *(-?\d+)  (.+)$", part, re.M)}


def types(text):
    """type -> (count, bytes in cells, bytes in blocks)."""
    part = text[text.index("Live objects by type"):text.index("Resident memory")]
    return {name: (int(count), int(cells), int(blocks)) for count, cells, blocks, name
            in re.findall(r"^ *(\d+) +(\d+) +(\d+)  (.+)$", part, re.M)}


PROGRAMS = {
    "nothing": "pass",
    "objects": "class T:\n  def __init__(s, i): s.a = i; s.b = str(i)\n"
               "x = [T(i) for i in range(200000)]",
    "a large block": "x = bytearray(30 << 20)",
    "a block that nothing has touched": "x = []\nfor i in range(3000000): x.append(None)",
    "holes": "x = [(i,) for i in range(400000)]; x = x[::50]",
    "survivors": "import gc; x = [[i] for i in range(1000000)]; x = x[::1000]; gc.collect()",
    "all freed": "x = [str(i) for i in range(400000)]; del x",
    "a dict of strs": "x = {str(i): str(-i) for i in range(200000)}",
    "deep recursion": "import sys; sys.setrecursionlimit(60000)\n"
                      "f = lambda n: n and f(n - 1)\nf(50000)",
    "library": "import json, re, decimal, asyncio, unittest",
}


with open("/proc/self/maps") as file:
    SANITIZED = "libasan" in file.read()  # its shadow memory is nobody's


class Account(unittest.TestCase):
    @unittest.skipIf(SANITIZED, "the sanitizer has memory of its own")
    def test_it_closes(self):
        for name, program in PROGRAMS.items():
            with self.subTest(name):
                found = lines(account(program + "\nimport sys; sys._debugmallocstats()"))
                total, rest = found.pop("in all"), found["not accounted for"]
                self.assertEqual(sum(found.values()), total)
                self.assertLess(abs(rest), total * 0.02)

    def test_objects_are_counted_by_class(self):
        found = types(account(PROGRAMS["objects"] + TAIL))
        self.assertEqual(found["T"][0], 200000)
        self.assertGreaterEqual(found["str"][0], 200000)
        self.assertGreaterEqual(found["list"][2], 200000 * 8)

    def test_the_sizes_have_all_cells(self):
        text = account(PROGRAMS["objects"] + TAIL)
        cells = sum(int(live) for live in
                    re.findall(r"^(?:container|leaf) +\S+ +\d+ +(\d+)", text, re.M))
        counted = sum(count for count, _, _ in types(text).values())
        self.assertEqual(cells, counted)

    def test_it_tells_what_survivors_keep(self):
        text = account(PROGRAMS["survivors"] + TAIL)
        text = text[text.index("Pages that few cells keep"):text.index("Live objects by type")]
        pages, live, kept = map(int, re.search(r"^all sizes +(\d+) +(\d+) +(\d+)$", text, re.M).groups())
        self.assertGreater(live, 1000)
        self.assertGreater(pages, 100)
        self.assertGreater(kept, pages * 4096)

    def test_it_takes_no_argument(self):
        with self.assertRaises(TypeError):
            sys._debugmallocstats(True)

    def test_at_the_end(self):
        self.assertIn("in all", account("pass", PYTHONMALLOCSTATS="1"))
        self.assertEqual(account("pass", PYTHONMALLOCSTATS=""), "")


if __name__ == "__main__":
    unittest.main()
