# SPDX-License-Identifier: MIT
"""What Ounce says it is, its own options, and what it promises beyond CPython."""
import os
import platform
import subprocess
import sys
import unittest


def run(*args, **environment):
    done = subprocess.run([sys.executable, *args], capture_output=True, text=True, timeout=60,
                          env={**os.environ, **environment})
    return done.returncode, done.stdout, done.stderr


@unittest.skipUnless(sys.implementation.name == "ounce", "about Ounce itself")
class Identity(unittest.TestCase):
    def test_version(self):
        self.assertEqual(sys.version_info[:2], (3, 11))
        self.assertEqual(sys.hexversion >> 16, 0x030B)
        self.assertIn("Ounce", sys.version)

    def test_implementation(self):
        self.assertEqual(platform.python_implementation(), "Ounce")
        self.assertTrue(sys.implementation.cache_tag is None or sys.implementation.cache_tag.startswith("ounce"))
        self.assertEqual(platform.python_version_tuple()[:2], ("3", "11"))

    def test_executable(self):
        self.assertTrue(os.path.samefile(sys.executable, os.path.realpath(sys.executable)))
        self.assertEqual(run("-c", "print(1)")[1], "1\n")

    def test_works_from_any_folder(self):
        done = subprocess.run([sys.executable, "-c", "import json, os; print(os.getcwd())"], cwd="/", capture_output=True, text=True)
        self.assertEqual((done.returncode, done.stdout), (0, "/\n"))


@unittest.skipUnless(sys.implementation.name == "ounce", "about Ounce itself")
class MemoryLimit(unittest.TestCase):
    def test_program_catches_it_and_goes_on(self):
        code = """
try:
    l = [0]
    while True: l.append([0] * 1000)
except MemoryError:
    n = len(l)
    del l
    print(n > 100, sum(range(10)))
"""
        self.assertEqual(run("-X", "memlimit=16M", "-c", code), (0, "True 45\n", ""))

    def test_uncaught(self):
        status, out, err = run("-X", "memlimit=16M", "-c", "l = []\nwhile True: l.append(object())")
        self.assertEqual((status, out), (1, ""))
        self.assertTrue(err.rstrip().endswith("MemoryError"), err)

    def test_one_large_object(self):
        code = "try:\n    bytearray(10 ** 8)\nexcept MemoryError:\n    print('refused')\nprint(len(bytearray(10 ** 6)))"
        self.assertEqual(run("-X", "memlimit=16M", "-c", code), (0, "refused\n1000000\n", ""))


@unittest.skipUnless(sys.implementation.name == "ounce", "about Ounce itself")
class Sizes(unittest.TestCase):
    """An object weighs what its data weighs."""

    def test_immediates_take_nothing(self):
        for value in (0, 5, -1, 2 ** 61, 1.5, True, None, ...):
            self.assertEqual(sys.getsizeof(value), 0, value)

    def test_instance(self):
        class Truck:
            def __init__(self, lat, lng):
                self.lat, self.lng = lat, lng
        self.assertEqual(sys.getsizeof(Truck(1, 2)), 24)

    def test_containers(self):
        self.assertEqual(sys.getsizeof((1, 2)), 32)
        self.assertLessEqual(sys.getsizeof("item1000000"), 32)
        self.assertLessEqual(sys.getsizeof({"id": 1, "lat": 2, "lng": 3}), 104)


if __name__ == "__main__":
    unittest.main()
