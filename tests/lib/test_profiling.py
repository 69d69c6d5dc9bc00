"""_lsprof and cProfile: who was called how often, by whom, for how long."""
import _lsprof
import cProfile
import io
import pstats
import sys
import unittest


def f(n):
    return f(n - 1) + len([1]) if n else 0


def g():
    l = []
    l.append(f(2))
    f(0)
    sorted([3, 1])
    "a".upper()
    try:
        int("x")
    except ValueError:
        pass
    return l


def name(code):
    return code if isinstance(code, str) else code.co_name


def counts(profiler):
    return {name(e.code): (e.callcount, e.reccallcount,
                           {name(c.code): (c.callcount, c.reccallcount) for c in e.calls or ()})
            for e in profiler.getstats()}


class Profile(unittest.TestCase):
    def test_counts(self):
        p = _lsprof.Profiler()
        p.enable()
        self_seen = sys.getprofile() is p
        g()
        p.disable()
        self.assertTrue(self_seen)
        self.assertIsNone(sys.getprofile())
        seen = counts(p)
        self.assertEqual(seen["f"], (4, 2, {"f": (2, 1), "<built-in method builtins.len>": (2, 0)}))
        self.assertEqual(seen["g"], (1, 0, {"f": (2, 0), "<method 'append' of 'list' objects>": (1, 0),
                                            "<built-in method builtins.sorted>": (1, 0),
                                            "<method 'upper' of 'str' objects>": (1, 0)}))
        self.assertEqual(seen["<method 'disable' of '_lsprof.Profiler' objects>"][:2], (1, 0))
        for e in p.getstats():
            self.assertIsInstance(e, _lsprof.profiler_entry)
            self.assertGreaterEqual(e.totaltime, e.inlinetime)
            self.assertGreaterEqual(e.inlinetime, 0)
        p.clear()
        self.assertEqual(p.getstats(), [])

    def test_what_is_left_out(self):
        p = _lsprof.Profiler(subcalls=False, builtins=False)
        p.enable()
        g()
        p.disable()
        self.assertEqual(counts(p), {"f": (4, 2, {}), "g": (1, 0, {})})

    def test_timer(self):
        ticks = 0

        def timer():
            nonlocal ticks
            ticks += 1
            return ticks
        p = _lsprof.Profiler(timer, 0.5)
        p.enable()
        f(1)
        p.disable()
        times = {name(e.code): (e.totaltime, e.inlinetime) for e in p.getstats()}
        self.assertEqual(times["f"], (2.5, 2.0))
        self.assertEqual(times["<built-in method builtins.len>"], (0.5, 0.5))

    def test_subclass_that_can_be_called(self):
        class Decorator(cProfile.Profile):
            def __call__(self, function):
                return lambda *args: self.runcall(function, *args)

        profile = Decorator()
        self.assertEqual(profile(abs)(-3), 3)
        self.assertIn("abs", str(profile.getstats()))
        profile.enable()
        try:
            self.assertIs(sys.getprofile(), profile)
        finally:
            profile.disable()
        self.assertFalse(callable(cProfile.Profile()))

    def test_arguments(self):
        with self.assertRaisesRegex(TypeError, "must be real number, not str"):
            _lsprof.Profiler(timeunit="a")
        with self.assertRaisesRegex(TypeError, r"'x' is an invalid keyword argument for Profiler\(\)"):
            _lsprof.Profiler(x=1)

    def test_report(self):
        p = cProfile.Profile()
        self.assertEqual(p.runcall(f, 3), 3)
        out = io.StringIO()
        pstats.Stats(p, stream=out).strip_dirs().sort_stats("calls").print_stats()
        self.assertRegex(out.getvalue(), r"\b4/1 .*test_profiling.py:\d+\(f\)")


if __name__ == "__main__":
    unittest.main()
