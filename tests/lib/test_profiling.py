"""_lsprof and cProfile: who was called how often, by whom, for how long."""
import _lsprof
import cProfile
import io
import pstats
import sys
import threading
import time
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

    def counted(self, function, *args):
        p = _lsprof.Profiler(builtins=False)
        p.enable()
        function(*args)
        p.disable()
        return counts(p)

    def test_generators(self):
        def gen(n):
            for i in range(n):
                yield i

        def delegate():
            yield from gen(2)
            yield from iter([7])

        def thrown():
            it = gen(3)
            next(it)
            self.assertRaises(KeyError, it.throw, KeyError)
            it = delegate()
            next(it)
            it.close()

        def run():
            list(gen(2))
            sum(gen(2))
            for _ in gen(3):
                pass
            return list(delegate())

        seen = self.counted(run)
        self.assertEqual(seen["gen"], (13, 0, {}))
        self.assertEqual(seen["delegate"], (4, 0, {"gen": (3, 0)}))
        self.assertEqual(seen["run"], (1, 0, {"gen": (10, 0), "delegate": (4, 0)}))
        seen = self.counted(thrown)
        self.assertEqual((seen["gen"][0], seen["delegate"]), (4, (2, 0, {"gen": (1, 0)})))

    def test_coroutines(self):
        class Suspend:
            def __await__(self):
                yield 1

        async def inner(n):
            for _ in range(n):
                await Suspend()

        async def agen():
            yield 1
            await Suspend()

        async def outer():
            await inner(2)
            async for _ in agen():
                pass

        def run():
            it = outer()
            try:
                while True:
                    it.send(None)
            except StopIteration:
                pass

        seen = self.counted(run)
        self.assertEqual(seen["outer"], (4, 0, {"inner": (3, 0), "agen": (3, 0)}))
        self.assertEqual(seen["inner"], (3, 0, {"__await__": (4, 0)}))
        self.assertEqual(seen["agen"], (3, 0, {"__await__": (2, 0)}))

    def test_exceptions_and_every_way_to_call(self):
        def raises(n):
            if n:
                raises(n - 1)
            raise ValueError

        def leaf(*args, **kwargs):
            return 1

        class C:
            def __init__(self, x=0):
                leaf()

            def __enter__(self):
                return self

            def __exit__(self, *args):
                return True

            def __del__(self):
                leaf()

            p = property(leaf)

        def run():
            try:
                raises(3)
            except ValueError:
                leaf(1, 2, k=3)
            with C(x=1) as c:
                c.p
                raises(0)
            del c
            leaf(*[1], **{"a": 2})
            list(map(leaf, [1, 2]))
            sorted([2, 1], key=leaf)

        seen = self.counted(run)
        self.assertEqual(seen["raises"], (5, 3, {"raises": (3, 2)}))
        self.assertEqual(seen["leaf"], (9, 0, {}))
        self.assertEqual(seen["__init__"], (1, 0, {"leaf": (1, 0)}))
        self.assertEqual(seen["__del__"], (1, 0, {"leaf": (1, 0)}))
        self.assertEqual(seen["run"][2]["leaf"], (7, 0))

    def test_builtin_callees(self):
        def run():
            dict.fromkeys([1])
            {}.fromkeys([1])
            "a".upper()
            str.upper("b")
            append = [].append
            append(1)
            int.from_bytes(*[b"a", "big"])

        p = _lsprof.Profiler()
        p.enable()
        run()
        p.disable()
        seen = counts(p)
        del seen["run"], seen["<method 'disable' of '_lsprof.Profiler' objects>"]
        self.assertEqual({key: value[0] for key, value in seen.items()},
                         {"<built-in method fromkeys>": 2, "<method 'upper' of 'str' objects>": 2,
                          "<method 'append' of 'list' objects>": 1, "<built-in method from_bytes>": 1})

    def test_switched_within_calls(self):
        p = _lsprof.Profiler(builtins=False)

        def on():
            p.enable()
            f(0)

        def off():
            f(1)
            p.disable()
            f(2)

        def run():
            f(0)
            on()
            f(3)
            off()
            f(4)

        for times in 1, 2, 3:
            run()
            self.assertEqual(counts(p), {"f": (7 * times, 4 * times, {"f": (4 * times, 2 * times)}),
                                         "off": (times, 0, {"f": (times, 0)})})
        for _ in range(2000):  # no C stack is used up
            p.enable()
            f(0)
            p.disable()
        self.assertEqual(counts(p)["f"][0], 2021)

    def test_with_a_tracer(self):
        def gen():
            yield 1
            yield 2

        def run():
            f(1)
            sys.settrace(lambda frame, event, arg: None)
            f(2)
            list(gen())
            sys.settrace(None)
            list(gen())
            f(3)

        seen = self.counted(run)
        self.assertEqual(seen["f"], (9, 6, {"f": (6, 3)}))
        self.assertEqual(seen["gen"], (6, 0, {}))

    def test_a_thread_each(self):
        profiles = [_lsprof.Profiler(builtins=False) for _ in range(3)]

        def work(p, n):
            p.enable()
            for _ in range(n):
                f(2)
            p.disable()

        threads = [threading.Thread(target=work, args=(p, 100 + n)) for n, p in enumerate(profiles)]
        for thread in threads:
            thread.start()
        for _ in range(100):
            f(2)
        for thread in threads:
            thread.join()
        for n, p in enumerate(profiles):
            self.assertEqual(counts(p), {"f": (300 + 3 * n, 200 + 2 * n, {"f": (200 + 2 * n, 100 + n)})})

    def test_more_paths_than_are_kept(self):
        def a(n):
            if n:
                a(n - 1)
                b(n - 1)

        def b(n):
            if n:
                b(n - 1)
                a(n - 1)

        seen = self.counted(a, 17)
        self.assertEqual(seen["a"][0] + seen["b"][0], 2 ** 18 - 1)
        self.assertEqual(seen["a"][0] - seen["a"][1], 1)
        self.assertEqual(seen["a"][2]["b"][0] + seen["b"][2]["b"][0], seen["b"][0])

    def test_deep_recursion(self):
        limit = sys.getrecursionlimit()
        sys.setrecursionlimit(30000)
        try:
            seen = self.counted(f, 20000)
        finally:
            sys.setrecursionlimit(limit)
        self.assertEqual(seen["f"], (20001, 20000, {"f": (20000, 19999)}))

    def test_times(self):
        def outer(n):
            time.sleep(0.02)
            inner()
            if n:
                outer(n - 1)

        def inner():
            time.sleep(0.03)

        p = _lsprof.Profiler()
        start = time.perf_counter()
        p.enable()
        outer(1)
        p.disable()
        elapsed = time.perf_counter() - start
        found = {name(e.code): e for e in p.getstats()}
        total = found["outer"].totaltime
        self.assertTrue(0.1 <= total <= elapsed, (total, elapsed))
        self.assertGreater(total, 0.98 * elapsed - 0.005)
        self.assertAlmostEqual(sum(e.inlinetime for e in found.values()), total, delta=0.01)
        self.assertTrue(0.06 <= found["inner"].totaltime <= total - 0.04)
        self.assertLess(found["inner"].inlinetime, 0.02)
        edges = {name(c.code): c for c in found["outer"].calls}
        self.assertAlmostEqual(edges["inner"].totaltime, found["inner"].totaltime)
        self.assertTrue(0.05 <= edges["outer"].totaltime <= total - 0.05)
        self.assertEqual([e.totaltime for e in p.getstats()], [e.totaltime for e in p.getstats()])

    def test_cleared_and_dropped_while_on(self):
        p = _lsprof.Profiler(builtins=False)

        def run():
            p.enable()
            f(1)
            p.clear()
            f(0)

        run()
        f(1)
        p.disable()
        self.assertEqual(counts(p), {"f": (3, 1, {"f": (1, 0)})})

        def drop():
            sys.setprofile(None)

        _lsprof.Profiler().enable()
        drop()
        self.assertIsNone(sys.getprofile())
        f(1)

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
