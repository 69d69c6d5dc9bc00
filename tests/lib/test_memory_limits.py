"""Programs that exhaust the address space they may have go on after the MemoryError."""
# not under: leaks     all happens in children, and again and again takes too long
import os
import resource
import subprocess
import sys
import unittest

FOLDER = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "memory", "limit")
LIMIT = 256 << 20
SET_LIMIT = f"""
import resource, runpy, sys
resource.setrlimit(resource.RLIMIT_AS, ({LIMIT}, {LIMIT}))
sys.argv[:] = [sys.argv[1]]
sys.path.insert(0, {FOLDER!r})
runpy.run_path(sys.argv[0], run_name="__main__")
"""


def reserved():
    """The bytes of address space that this program has."""
    with open("/proc/self/statm") as file:
        return int(file.read().split()[0]) * resource.getpagesize()


def programs():
    """The names of those that only exhaust memory."""
    for name in sorted(os.listdir(FOLDER)):
        if name.endswith(".py"):
            with open(os.path.join(FOLDER, name)) as file:
                if "import check" in file.read():
                    yield os.path.join(FOLDER, name)


@unittest.skipIf(os.environ.get("OUNCE_STRESS") in ("gc", "slice"), "to fill 256 MiB takes minutes with work at every allocation")
@unittest.skipIf(reserved() > 1 << 42, "a sanitizer's program wants terabytes of addresses")
class AddressSpace(unittest.TestCase):
    def check(self, *command):
        done = subprocess.run(command, capture_output=True, text=True, timeout=120)
        self.assertEqual((done.stdout, done.stderr, done.returncode), ("MemoryError\n177780\n", "", 0))

    def test_there_are_ten_ways(self):
        self.assertGreaterEqual(len(list(programs())), 10)

    def test_limit_of_the_shell(self):
        for path in programs():
            with self.subTest(os.path.basename(path)):
                self.check("/bin/sh", "-c", f'ulimit -v {LIMIT >> 10}; exec "$0" "$1"', sys.executable, path)

    def test_limit_set_by_the_program(self):
        for path in programs():
            with self.subTest(os.path.basename(path)):
                self.check(sys.executable, "-c", SET_LIMIT, path)

    def test_recursion_under_a_limit(self):
        program = f"""
import resource, sys
def depth(n=0):
    try:
        return depth(n + 1)
    except (RecursionError, MemoryError):
        return n
def first(n):
    if n:
        return first(n - 1)
    resource.setrlimit(resource.RLIMIT_AS, ({LIMIT}, {LIMIT}))
    return depth()
print(first(100) > 700)
sys.setrecursionlimit(1_000_000)
print(depth() > 20_000)
"""
        done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=120)
        self.assertEqual((done.stdout, done.stderr), ("True\nTrue\n", ""))


if __name__ == "__main__":
    unittest.main()
