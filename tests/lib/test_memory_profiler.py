"""memory_profiler: exact bytes for each line, whatever runs it."""
import asyncio
import io
import os
import subprocess
import sys
import tempfile
import unittest

import _memtools
from memory_profiler import LineProfiler, memory_usage, profile

MIB = 2 ** 20


def cost(make):
    """The bytes of the heap that the object takes: what lies in pages of its own fills them."""
    for _ in range(3):      # the first times fill caches
        made = None
        before = _memtools.memory()
        made = make()
        size = _memtools.memory() - before
    return size


LIST = cost(lambda: [None] * 100_000)
LIST2 = cost(lambda: [None] * 200_000)
ARRAY = cost(lambda: bytearray(100_000))
SMALL_ARRAY = cost(lambda: bytearray(10_000))


def simple():
    a = [None] * 100_000
    b = a * 2
    del b
    return a


def looped(count):
    kept = [None] * count
    for i in range(count):
        kept[i] = bytearray(100_000)
    return kept


def recursive(depth):
    if depth:
        return recursive(depth - 1)
    return [None] * 100_000


def stepping():
    mine = [None] * 100_000
    yield 1
    del mine
    yield 2


async def awaiting():
    mine = [None] * 100_000
    await asyncio.sleep(0)
    return mine


def nested():
    return [bytearray(10_000) for _ in range(10)]


def raising():
    mine = [None] * 100_000
    raise ValueError


def figures(profiler, function):
    """{line number below the def: (bytes more, occurrences)}"""
    code = function.__code__
    return {line - code.co_firstlineno: (round(figure[0] * MIB), figure[2])
            for line, figure in profiler.code_map[code].items()}


class Lines(unittest.TestCase):
    def run_twice(self, function, *args):
        """What the second of two runs adds: the first fills caches."""
        function(*args)
        profiler = LineProfiler()
        self.result = profiler(function)(*args)
        return figures(profiler, function)

    def test_exact(self):
        lines = self.run_twice(simple)
        self.assertEqual(lines[1], (LIST, 1))
        self.assertEqual(lines[2][0], LIST2)
        self.assertEqual(lines[3], (-lines[2][0], 1))
        self.assertEqual(lines[4], (0, 1))
        self.assertEqual(lines[0][1], 1)

    def test_loop(self):
        lines = self.run_twice(looped, 10)
        self.assertEqual(lines[3], (10 * ARRAY, 10))
        self.assertEqual(lines[2][1], 11)

    def test_recursion(self):
        lines = self.run_twice(recursive, 5)
        self.assertEqual(lines[0][1], 6)
        self.assertEqual(lines[2], (0, 5))
        self.assertEqual(lines[3], (LIST, 1))

    def test_generator(self):
        for _ in stepping():
            pass
        profiler = LineProfiler()
        outside = []
        for _ in profiler(stepping)():
            outside.append(bytearray(1_000_000))
        lines = figures(profiler, stepping)
        self.assertEqual(lines[1], (LIST, 1))
        self.assertEqual(lines[2], (0, 1))
        self.assertEqual(lines[3], (-LIST, 1))
        self.assertEqual(lines[4], (0, 1))

    def test_generator_methods(self):
        def echo():
            got = yield 0
            while got:
                try:
                    got = yield got
                except KeyError:
                    got = yield "caught"
            return "end"
        wrapped = LineProfiler()(echo)()
        self.assertEqual(next(wrapped), 0)
        self.assertEqual(wrapped.send(5), 5)
        self.assertEqual(wrapped.throw(KeyError()), "caught")
        with self.assertRaises(StopIteration) as caught:
            wrapped.send(None)
        self.assertEqual(caught.exception.value, "end")

    def test_coroutine(self):
        asyncio.run(awaiting())
        profiler = LineProfiler()
        asyncio.run(profiler(awaiting)())
        self.assertEqual(figures(profiler, awaiting)[1], (LIST, 1))

    def test_comprehension(self):
        lines = self.run_twice(nested)
        self.assertGreaterEqual(lines[1][0], 10 * SMALL_ARRAY)
        self.assertLess(lines[1][0], 10 * SMALL_ARRAY + 1000)

    def test_exception(self):
        profiler = LineProfiler()
        for _ in range(2):
            with self.assertRaises(ValueError):
                profiler(raising)()
        lines = figures(profiler, raising)
        self.assertEqual(lines[1], (2 * LIST, 2))
        self.assertEqual(profiler.enable_count, 0)

    def test_calls_count_inclusively(self):
        def outer():
            return simple()
        lines = self.run_twice(outer)
        self.assertEqual(lines[1], (LIST, 1))

    def test_with_a_trace_function(self):
        seen = []

        def tracer(frame, event, arg):
            if frame.f_code is simple.__code__:
                seen.append((event, frame.f_lineno - simple.__code__.co_firstlineno))
            return tracer
        profiler = LineProfiler()
        wrapped = profiler(simple)
        sys.settrace(tracer)
        try:
            wrapped()
        finally:
            sys.settrace(None)
        self.assertEqual(seen, [("call", 0), ("line", 1), ("line", 2), ("line", 3), ("line", 4),
                                ("return", 4)])
        self.assertEqual([figures(profiler, simple)[n][1] for n in range(5)], [1, 1, 1, 1, 1])

    def test_set_in_the_middle(self):
        def function(profiler):
            a = 1
            profiler.enable_by_count()
            b = [None] * 100_000
            del b
            profiler.disable_by_count()
            return a
        profiler = LineProfiler()
        profiler.add_function(function)
        function(profiler)
        function(profiler)
        lines = figures(profiler, function)
        self.assertEqual(lines[3][1], 2)
        self.assertEqual(lines[4], (-2 * LIST, 2))
        self.assertNotIn(6, lines)


class Tables(unittest.TestCase):
    def test_table(self):
        out = io.StringIO()
        profile(simple, stream=out, precision=2)()
        lines = out.getvalue().split("\n")
        self.assertEqual(lines[0], f"Filename: {__file__}")
        self.assertEqual(lines[2], "Line #    Mem usage    Increment  Occurrences   Line Contents")
        self.assertEqual(lines[3], "=" * len(lines[2]))
        first = simple.__code__.co_firstlineno
        self.assertRegex(lines[4], rf"^ +{first} +[\d.]+ MiB +[\d.]+ MiB +1   def simple\(\):$")
        self.assertRegex(lines[5], r"^ +\d+ +[\d.]+ MiB +0.77 MiB +1       a = \[None\] \* 100_000$")
        self.assertRegex(lines[7], r"^ +\d+ +[\d.]+ MiB +-1.53 MiB +1       del b$")
        self.assertEqual(out.getvalue()[-3:], "\n\n\n")

    def test_once_for_a_recursion(self):
        out = io.StringIO()

        @profile(stream=out)
        def down(n):
            return down(n - 1) if n else 0
        down(3)
        self.assertEqual(out.getvalue().count("Filename"), 1)

    def test_names(self):
        @profile
        def documented():
            """the text"""
        self.assertEqual((documented.__name__, documented.__doc__), ("documented", "the text"))

    def test_resident(self):
        out = io.StringIO()
        profile(simple, stream=out, backend="psutil")()
        self.assertIn("MiB", out.getvalue())


class OverTime(unittest.TestCase):
    def test_now(self):
        used = memory_usage()
        self.assertEqual(len(used), 1)
        self.assertGreater(used[0], 1)
        self.assertGreater(memory_usage(backend="psutil")[0], 5)
        self.assertEqual(len(memory_usage(-1, interval=.01, timeout=.03)) > 1, True)

    def test_function(self):
        def work(size, text=""):
            import time
            kept = bytearray(size)
            time.sleep(.3)      # many intervals: the machine may be busy
            return len(kept), text
        used, value = memory_usage((work, (10 * MIB,), {"text": "t"}), interval=.01, retval=True)
        self.assertEqual(value, (10 * MIB, "t"))
        self.assertGreater(len(used), 2)
        self.assertGreater(max(used) - used[-1], 9.9)
        best = memory_usage((work, (10 * MIB,)), interval=.01, max_usage=True)
        self.assertAlmostEqual(best, max(used), delta=1)
        pairs = memory_usage((work, (1,)), interval=.01, timestamps=True)
        self.assertTrue(all(a[1] <= b[1] for a, b in zip(pairs, pairs[1:])))
        with self.assertRaises(ZeroDivisionError):
            memory_usage((lambda: 1 // 0, ()))

    def test_a_fork_has_no_sampler(self):
        sampler = _memtools.MemorySampler("rss", .01)
        sampler.start()
        child = os.fork()
        if child == 0:
            del sampler
            os._exit(0)
        self.assertEqual(os.waitpid(child, 0)[1], 0)
        self.assertGreater(len(sampler.stop()), 1)

    def test_process(self):
        child = subprocess.Popen(["sleep", "0.1"])
        used = memory_usage(child, interval=.01, timeout=5)
        self.assertGreater(len(used), 1)
        self.assertEqual(child.wait(), 0)
        out = io.StringIO()
        memory_usage(-1, stream=out)
        self.assertRegex(out.getvalue(), r"^MEM \d+\.\d{6} \d+\.\d{4}\n$")


class Recordings(unittest.TestCase):
    SCRIPT = """import time
@profile
def f():
    kept = bytearray(30_000_000)
    time.sleep(.5)
f()
"""

    def mprof(self, *args):
        done = subprocess.run([sys.executable, "-m", "mprof", *args], capture_output=True, text=True,
                              cwd=self.folder, timeout=60)
        self.assertEqual(done.stderr, "")
        return done.stdout

    def test_all(self):
        with tempfile.TemporaryDirectory() as self.folder:
            with open(os.path.join(self.folder, "script.py"), "w") as file:
                file.write(self.SCRIPT)
            self.mprof("run", "--interval", "0.02", "script.py")
            name = [each for each in os.listdir(self.folder) if each.endswith(".dat")][0]
            self.assertRegex(name, r"^mprofile_\d{14}\.dat$")
            with open(os.path.join(self.folder, name)) as file:
                text = file.read()
            self.assertRegex(text, r"^CMDLINE .*script\.py\nMEM \d+\.\d{6} \d+\.\d{4}\n")
            self.assertRegex(text, r"\nFUNC __main__\.f( \d+\.\d{4}){4} 0\n")
            self.assertRegex(self.mprof("list"), rf"^0 {name} \d\d:\d\d:\d\d \d\d/\d\d/\d{{4}}\n$")
            peak = float(self.mprof("peak").split("\t")[1].split()[0])
            self.assertGreater(peak, 30)
            self.assertEqual(self.mprof("plot", "-o", "x.svg"), "Plot written to x.svg\n")
            with open(os.path.join(self.folder, "x.svg")) as file:
                self.assertIn("__main__.f", file.read())
            self.assertEqual(self.mprof("clean"), f"Removing: {name}\n")
            self.assertEqual(self.mprof("list"), "")
            self.mprof("run", "-o", "y.dat", "-T", "0.02", "sleep", "0.1")
            self.assertIn("MEM", open(os.path.join(self.folder, "y.dat")).read())


class Processes(unittest.TestCase):
    def test_psutil(self):
        import psutil
        own = psutil.Process()
        self.assertEqual((own.pid, own.ppid()), (os.getpid(), os.getppid()))
        self.assertGreater(own.memory_info().rss, 1_000_000)
        self.assertGreater(own.memory_full_info().uss, 1_000_000)
        child = subprocess.Popen(["sleep", "5"])
        try:
            self.assertIn(child.pid, [each.pid for each in own.children(recursive=True)])
            process = psutil.Process(child.pid)
            self.assertTrue(process.is_running())
            process.kill()
        finally:
            child.wait()
        self.assertFalse(process.is_running())
        with self.assertRaises(psutil.NoSuchProcess):
            psutil.Process(child.pid)
        self.assertGreater(psutil.virtual_memory().total, 2 ** 28)


class StandIns(unittest.TestCase):
    def test_for_an_extension(self):
        """A package that lacks its extension finds what stands in for it."""
        with tempfile.TemporaryDirectory() as folder:
            os.mkdir(os.path.join(folder, "psutil"))
            with open(os.path.join(folder, "psutil", "__init__.py"), "w") as file:
                file.write("from . import _psutil_linux, _psutil_posix\n__version__ = '1.2.3'\n")
            program = ("import psutil; print(psutil._psutil_linux.version, psutil.__file__);"
                       "print(psutil._psutil_posix.getpagesize(), psutil._psutil_linux.__name__)")
            done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True,
                                  env=dict(os.environ, PYTHONPATH=folder), timeout=60)
        self.assertEqual(done.stderr, "")
        self.assertEqual(done.stdout, f"123 {folder}/psutil/__init__.py\n"
                                      f"{os.sysconf('SC_PAGESIZE')} psutil._psutil_linux\n")


class Command(unittest.TestCase):
    SCRIPT = "import sys\n@profile\ndef f():\n    a = [None] * 1000000\n    return a\nf()\nprint(__name__, sys.argv[1:])\n"

    def run_command(self, *options):
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "script.py")
            with open(path, "w") as file:
                file.write(self.SCRIPT)
            command = [sys.executable, "-m", "memory_profiler", *options, path, "one", "-x"]
            return subprocess.run(command, capture_output=True, text=True, timeout=60)

    def test_script(self):
        done = self.run_command()
        self.assertEqual(done.stderr, "")
        lines = done.stdout.split("\n")
        self.assertEqual(lines[0], "__main__ ['one', '-x']")
        self.assertRegex(lines[5], r"^ +2 +[\d.]+ MiB +[\d.]+ MiB +1   @profile$")
        self.assertRegex(lines[7], r"^ +4 +[\d.]+ MiB +7\.\d\d\d MiB +1       a = ")

    def test_timestamps(self):
        done = self.run_command("--timestamp", "--backend", "psutil")
        self.assertRegex(done.stdout, r"FUNC __main__\.f( \d+\.\d{4}){4} 0\n")


if __name__ == "__main__":
    unittest.main()
