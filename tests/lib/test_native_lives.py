# What native code makes for a module, a class of C data or a call goes when they go.
import ctypes
import functools
import gc
import importlib
import sys
import unittest


def growth(action, times=50):
    """By how many blocks the heap grows when something is done so many times."""
    for _ in range(3):
        action()
    gc.collect()
    before = sys.getallocatedblocks()
    for _ in range(times):
        action()
    gc.collect()
    return sys.getallocatedblocks() - before


class NativeLives(unittest.TestCase):
    def test_modules_imported_again(self):
        for name in ("math", "_csv", "_json", "_pickle", "_struct", "itertools", "select", "time"):
            old = importlib.import_module(name)

            def again():
                del sys.modules[name]
                importlib.import_module(name)

            try:
                with self.subTest(name=name):
                    self.assertLess(growth(again), 20)
            finally:
                sys.modules[name] = old

    def test_function_outlives_its_module(self):
        old = sys.modules.pop("math", None)
        try:
            import math
            hypot = math.hypot
            del math, sys.modules["math"]
            gc.collect()
            self.assertEqual(hypot(3, 4), 5)
            with self.assertRaisesRegex(TypeError, r"must be real number, not str"):
                hypot("3", 4)
        finally:
            if old:
                sys.modules["math"] = old

    def test_classes_of_c_data(self):
        def make():
            class Point(ctypes.Structure):
                _fields_ = [("x", ctypes.c_int), ("y", ctypes.c_int * 3)]

            class Word(ctypes.c_long):
                pass

            self.assertEqual(Point(4).x + Word(3).value, 7)

        self.assertLess(growth(make), 20)

    def test_key_called_by_keyword(self):
        key = functools.cmp_to_key(lambda a, b: a - b)
        self.assertLess(growth(lambda: key(obj=1)), 20)


if __name__ == "__main__":
    unittest.main()
