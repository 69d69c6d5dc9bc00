"""line_profiler and kernprof: hits exact, times that add up."""
import asyncio
import io
import os
import subprocess
import sys
import tempfile
import threading
import time
import unittest

from line_profiler import LineProfiler, load_stats, show_text


def loop(count):
    total = 0
    for i in range(count):
        total += i

    return total


def recursive(depth):
    if depth:
        return recursive(depth - 1)
    time.sleep(.02)


def sleeping():
    time.sleep(.02)
    nothing()


def nothing():
    pass


def stepping(count):
    for i in range(count):
        yield i


async def awaiting():
    await asyncio.sleep(0)
    return 1


def hits(profiler, function):
    """{line number below the def: hits}"""
    code = function.__code__
    rows = profiler.get_stats().timings[code.co_filename, code.co_firstlineno, code.co_name]
    return {line - code.co_firstlineno: count for line, count, _ in rows}


def times(profiler, function):
    code = function.__code__
    rows = profiler.get_stats().timings[code.co_filename, code.co_firstlineno, code.co_name]
    return {line - code.co_firstlineno: took * profiler.timer_unit for line, _, took in rows}


class Hits(unittest.TestCase):
    def test_loop(self):
        profiler = LineProfiler(loop)
        self.assertEqual(profiler.runcall(loop, 10), 45)
        self.assertEqual(hits(profiler, loop), {1: 1, 2: 11, 3: 10, 5: 1})
        loop(10)
        self.assertEqual(hits(profiler, loop)[3], 10)
        profiler.runctx("loop(5)", globals(), {})
        self.assertEqual(hits(profiler, loop), {1: 2, 2: 17, 3: 15, 5: 2})

    def test_decorator(self):
        profiler = LineProfiler()
        wrapped = profiler(loop)
        self.assertEqual((wrapped.__name__, wrapped(3)), ("loop", 3))
        self.assertEqual(hits(profiler, loop), {1: 1, 2: 4, 3: 3, 5: 1})

    def test_generator(self):
        profiler = LineProfiler()
        self.assertEqual(list(profiler(stepping)(4)), [0, 1, 2, 3])
        self.assertEqual(hits(profiler, stepping), {1: 5, 2: 4})

    def test_coroutine(self):
        profiler = LineProfiler()
        self.assertEqual(asyncio.run(profiler(awaiting)()), 1)
        self.assertEqual(hits(profiler, awaiting), {1: 1, 2: 1})

    def test_async_generator(self):
        async def steps():
            for i in range(3):
                yield i

        async def collect(make):
            return [each async for each in make()]
        profiler = LineProfiler()
        self.assertEqual(asyncio.run(collect(profiler(steps))), [0, 1, 2])
        self.assertEqual(hits(profiler, steps), {1: 4, 2: 3})

    def test_statements_of_many_lines(self):
        def many(n):
            a = dict(
                one=n,
                two=[i
                     for i in range(n)],
            )
            b = (a["one"] +
                 n +
                 a["one"])
            if (n and
                    b):
                b = 0
            try:
                return max(a["two"],
                           key=lambda v:
                           -v)
            finally:
                b = 2

        # As many hits as a trace function is told of lines.
        told = {}

        def tracer(frame, event, arg):
            if frame.f_code.co_filename != many.__code__.co_filename:
                return None
            if event == "line":
                line = frame.f_lineno - many.__code__.co_firstlineno
                told[line] = told.get(line, 0) + 1
            return tracer

        sys.settrace(tracer)
        many(3)
        sys.settrace(None)
        profiler = LineProfiler(many)
        profiler.runcall(many, 3)
        seen = hits(profiler, many)
        inside = {3, 4, 14, 15, 16}     # told of the comprehension and the lambda too
        self.assertEqual({line: seen[line] for line in seen if line not in inside},
                         {line: told[line] for line in told if line not in inside})
        self.assertEqual((seen[1], seen[3], seen[6], seen[8], seen[17]), (2, 2, 2, 1, 1))

    def test_nested_functions_that_are_recorded(self):
        def inner(n):
            time.sleep(.01)
            return n

        def outer(n):
            for i in range(n):
                inner(i)
            return n

        profiler = LineProfiler(inner, outer)
        self.assertEqual(profiler.runcall(outer, 3), 3)
        self.assertEqual(hits(profiler, outer), {1: 4, 2: 3, 3: 1})
        self.assertEqual(hits(profiler, inner), {1: 3, 2: 3})
        self.assertGreaterEqual(times(profiler, outer)[2], times(profiler, inner)[1])
        self.assertGreaterEqual(times(profiler, inner)[1], .03)
        both = LineProfiler()
        wrapped = both(inner)
        again = both(lambda: [wrapped(1), wrapped(2)])
        again()
        self.assertEqual((hits(both, inner), both.enable_count), ({1: 2, 2: 2}, 0))

    def test_threads(self):
        profiler = LineProfiler()
        function = profiler(loop)
        barrier = threading.Barrier(3)

        @profiler
        def waits(n):
            barrier.wait()
            function(n)
            barrier.wait()

        threads = [threading.Thread(target=waits, args=(n,)) for n in (10, 20, 30)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        function(5)
        self.assertEqual(hits(profiler, loop), {1: 4, 2: 69, 3: 65, 5: 4})
        self.assertEqual(hits(profiler, waits.__wrapped__), {2: 3, 3: 3, 4: 3})

    def test_a_thread_that_ends_while_it_is_recorded(self):
        profiler = LineProfiler(loop)

        def run():
            profiler.enable()
            loop(3)

        for _ in range(3):
            thread = threading.Thread(target=run)
            thread.start()
            thread.join()
        started, end = threading.Event(), threading.Event()

        holder = [profiler]

        def stay():
            holder.pop().enable()
            loop(2)
            started.set()
            end.wait()
            loop(4)

        thread = threading.Thread(target=stay)
        thread.start()
        started.wait()
        self.assertEqual(hits(profiler, loop), {1: 4, 2: 15, 3: 11, 5: 4})
        loop(1)
        del profiler, run   # the record goes while the thread has it
        end.set()
        thread.join()

    def test_methods(self):
        profiler = LineProfiler()

        class Kind:
            @profiler
            @classmethod
            def of_class(cls):
                return 1

            @profiler
            @staticmethod
            def static():
                return 2

            @profiler
            def plain(self):
                return 3
        self.assertEqual((Kind.of_class(), Kind.static(), Kind().plain()), (1, 2, 3))
        self.assertEqual([[each[1] for each in rows] for rows in profiler.get_stats().timings.values()],
                         [[1], [1], [1]])

    def test_exception(self):
        def raising():
            x = 1
            raise ValueError(x)
        profiler = LineProfiler(raising)
        for _ in range(3):
            with self.assertRaises(ValueError):
                profiler.runcall(raising)
        self.assertEqual(hits(profiler, raising), {1: 3, 2: 3})

    def test_in_the_middle(self):
        profiler = LineProfiler()

        def function():
            with profiler:
                a = 1
            return a
        profiler.add_function(function)
        function()
        self.assertEqual(hits(profiler, function), {1: 1, 2: 1})

    def test_module(self):
        profiler = LineProfiler()
        self.assertGreater(profiler.add_module(sys.modules[__name__]), 20)
        self.assertEqual(profiler.add_module(sys.modules[__name__]), 0)
        with self.assertWarns(UserWarning):
            profiler.add_function(len)


class Times(unittest.TestCase):
    def test_calls_are_part_of_the_line(self):
        profiler = LineProfiler(sleeping, nothing)
        profiler.runcall(sleeping)
        took = times(profiler, sleeping)
        self.assertGreater(took[1], .019)
        self.assertLess(took[2], .01)

    def test_recursion_adds_up(self):
        profiler = LineProfiler(recursive)
        start = time.perf_counter()
        profiler.runcall(recursive, 10)
        whole = time.perf_counter() - start
        took = times(profiler, recursive)
        self.assertLessEqual(sum(took.values()), whole)
        self.assertGreater(took[3], .019)
        self.assertLess(took[2], .01)
        self.assertEqual(hits(profiler, recursive), {1: 11, 2: 10, 3: 1})

    def test_one_at_a_time(self):
        first, second = LineProfiler(loop), LineProfiler(loop)
        with first:
            with self.assertRaises(RuntimeError):
                second.enable()
        second.runcall(loop, 1)


class Tables(unittest.TestCase):
    def test_table(self):
        profiler = LineProfiler(loop)
        profiler.runcall(loop, 10)
        out = io.StringIO()
        profiler.print_stats(out, output_unit=1e-6)
        lines = out.getvalue().split("\n")
        first = loop.__code__.co_firstlineno
        self.assertEqual(lines[0], "Timer unit: 1e-06 s")
        self.assertRegex(lines[2], r"^Total time: [\d.e-]+ s$")
        self.assertEqual(lines[3:5], [f"File: {__file__}", f"Function: loop at line {first}"])
        self.assertEqual(lines[6], "Line #      Hits         Time  Per Hit   % Time  Line Contents")
        self.assertEqual(lines[7], "=" * len(lines[6]))
        self.assertEqual(lines[8], f"{first:>6}" + " " * 43 + "def loop(count):")
        self.assertRegex(lines[10], rf"^ +{first + 2}        11 +[\d.]+ +[\d.]+ +[\d.]+      "
                                    r"for i in range\(count\):$")
        self.assertEqual(lines[12], f"{first + 4:>6}" + " " * 43)

    def test_files(self):
        profiler = LineProfiler(loop, nothing)
        profiler.runcall(loop, 3)
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "x.lprof")
            profiler.dump_stats(path)
            stats = load_stats(path)
        self.assertEqual(stats, profiler.get_stats())
        out, own = io.StringIO(), io.StringIO()
        show_text(stats.timings, stats.unit, stream=out)
        profiler.print_stats(own)
        self.assertEqual(out.getvalue(), own.getvalue())
        self.assertIn("Function: nothing", out.getvalue())
        own = io.StringIO()
        profiler.print_stats(own, stripzeros=True)
        self.assertNotIn("Function: nothing", own.getvalue())


class Commands(unittest.TestCase):
    SCRIPT = """import sys
@profile
def f(n):
    return sum(i for i in range(n))
print(f(10), __name__, sys.argv[1:])
"""

    def run_in(self, folder, *command, **variables):
        done = subprocess.run([sys.executable, *command], capture_output=True, text=True, timeout=60,
                              cwd=folder, env=dict(os.environ, **variables))
        self.assertEqual(done.stderr, "")
        return done.stdout

    def test_kernprof(self):
        with tempfile.TemporaryDirectory() as folder:
            with open(os.path.join(folder, "script.py"), "w") as file:
                file.write(self.SCRIPT)
            text = self.run_in(folder, "-m", "line_profiler", "-l", "-v", "script.py", "one", "-v")
            self.assertIn("45 __main__ ['one', '-v']\nWrote profile results to script.py.lprof\n"
                          "Timer unit: 1e-06 s\n", text)
            self.assertRegex(text, r"\n +4 +1 +[\d.]+ +[\d.]+ +100.0      return sum")
            again = self.run_in(folder, "-m", "line_profiler", "script.py.lprof")
            self.assertEqual(again, text[text.index("Timer unit"):])
            text = self.run_in(folder, "-m", "kernprof", "-b", "-v", "script.py")
            self.assertIn("Wrote profile results to script.py.prof\n", text)
            self.assertIn("function calls", text)
            self.assertIn("(f)", text)

    def test_environment(self):
        with tempfile.TemporaryDirectory() as folder:
            with open(os.path.join(folder, "script.py"), "w") as file:
                file.write("from line_profiler import profile\n" + self.SCRIPT)
            text = self.run_in(folder, "script.py", LINE_PROFILE="")
            self.assertEqual(text, "45 __main__ []\n")
            self.assertEqual(os.listdir(folder), ["script.py"])
            text = self.run_in(folder, "script.py", LINE_PROFILE="1")
            self.assertIn("Function: f at line 3", text)
            self.assertEqual(len(os.listdir(folder)), 4)
            self.assertIn("profile_output.lprof", os.listdir(folder))


if __name__ == "__main__":
    unittest.main()
