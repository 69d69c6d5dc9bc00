"""The tools as commands: arguments of the script, wrong options, missing files, exit statuses; and Debian's own tools."""
import os
import shutil
import subprocess
import sys
import tempfile
import unittest

SCRIPT = """import sys
print("ran", sys.argv[1:], __name__)
what = sys.argv[1] if len(sys.argv) > 1 else ""
if what == "raise":
    raise ValueError("told")
if what == "exit":
    sys.exit(3)
if what == "text":
    sys.exit("no more")
"""


class Folder(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = folder.name
        self.write("script.py", SCRIPT)

    def write(self, name, text):
        with open(os.path.join(self.folder, name), "w") as file:
            file.write(text)

    def run_ounce(self, *args, **env):
        done = subprocess.run([sys.executable, *args], capture_output=True, text=True, cwd=self.folder, timeout=120,
                              stdin=subprocess.DEVNULL, env=dict(os.environ, **env))
        return done.returncode, done.stdout, done.stderr


class Commands(Folder):
    def check(self, command, wrong, missing, exits=3, text=1, usage=2):
        """What every tool that runs a script does; the statuses of sys.exit(3), sys.exit("no more"), no script."""
        command = ["-m", *command]
        status, out, err = self.run_ounce(*command, "script.py", "a", "-b", "--wrong")
        self.assertEqual((status, out.splitlines()[0]), (0, "ran ['a', '-b', '--wrong'] __main__"))
        status, out, err = self.run_ounce(*command, "script.py", "raise")
        self.assertEqual((status, out.splitlines()[0]), (1, "ran ['raise'] __main__"))
        self.assertEqual(err.splitlines()[-1], "ValueError: told")
        status, out, err = self.run_ounce(*command, "script.py", "exit")
        self.assertEqual((status, out.splitlines()[0]), (exits, "ran ['exit'] __main__"))
        status, out, err = self.run_ounce(*command, "script.py", "text")
        self.assertEqual((status, "no more" in err), (text, text == 1))
        status, out, err = self.run_ounce(*command, "--wrong")
        self.assertEqual((status, out), (2, ""))
        self.assertIn(wrong, err)
        status, out, err = self.run_ounce(*command, "missing.py")
        self.assertNotEqual(status, 0)
        self.assertIn(missing, err)
        self.assertNotIn("ran", out)
        self.assertEqual(self.run_ounce(*command)[0], usage)

    def test_memory_profiler(self):
        self.check(["memory_profiler"], "unrecognized arguments: --wrong", "Could not find script missing.py", usage=1)

    def test_line_profiler(self):
        for name in "line_profiler", "kernprof":
            self.check([name, "-l"], "arguments are required: script", "Could not find script missing.py", 0, 0)

    def test_line_profiler_of_statistics(self):
        self.write("bad.lprof", "no pickle")
        self.assertEqual(self.run_ounce("-m", "kernprof", "-l", "script.py")[0], 0)
        status, out, err = self.run_ounce("-m", "line_profiler", "script.py.lprof")
        self.assertEqual((status, err, out.splitlines()[0]), (0, "", "Timer unit: 1e-06 s"))
        status, out, err = self.run_ounce("-m", "line_profiler", "-u", "-1", "script.py.lprof")
        self.assertEqual((status, out), (2, ""))
        self.assertNotEqual(self.run_ounce("-m", "line_profiler", "missing.lprof")[0], 0)

    def test_tracemalloc(self):
        self.check(["tracemalloc"], "arguments are required: script", "can't open file 'missing.py'")

    def test_cprofile(self):
        for name in "cProfile", "profile":
            self.check([name], "no such option: --wrong", "No such file or directory: 'missing.py'", 0, 0)

    def test_cprofile_writes_statistics(self):
        self.assertEqual(self.run_ounce("-m", "cProfile", "-o", "x.prof", "script.py", "a"), (0, "ran ['a'] __main__\n", ""))
        status, out, err = self.run_ounce("-c", "import pstats; pstats.Stats('x.prof').sort_stats('ncalls').print_stats()")
        self.assertEqual((status, err), (0, ""))
        self.assertRegex(out, r"\n +1 .* script\.py:1\(<module>\)\n")
        status, out, err = self.run_ounce("-m", "cProfile", "-s", "nonsense", "script.py")
        self.assertEqual(status, 2)
        self.assertIn("invalid choice: 'nonsense'", err)
        self.write("mod.py", SCRIPT)
        status, out, err = self.run_ounce("-m", "cProfile", "-m", "mod", "b")
        self.assertEqual((status, out.splitlines()[0]), (0, "ran ['b'] __main__"))

    def test_trace(self):
        self.check(["trace", "-l"], "unrecognized arguments: --wrong", "Cannot run file 'missing.py'", 0, 0)

    def test_dis(self):
        status, out, err = self.run_ounce("-m", "dis", "script.py")
        self.assertEqual((status, err), (0, ""))
        self.assertRegex(out, r"(?m)^ +2 +\d+ GET_NAME +0 \(t0 print\)$")
        status, out, err = self.run_ounce("-m", "dis", "script.py", "more")
        self.assertEqual((status, out, "unrecognized arguments: more" in err), (2, "", True))
        status, out, err = self.run_ounce("-m", "dis", "missing.py")
        self.assertEqual((status, out, "can't open 'missing.py'" in err), (2, "", True))
        self.write("wrong.py", "x = = 1\n")
        status, out, err = self.run_ounce("-m", "dis", "wrong.py")
        self.assertEqual((status, out, err.splitlines()[-1]), (1, "", "SyntaxError: invalid syntax"))

    def test_timeit(self):
        status, out, err = self.run_ounce("-W", "ignore", "-m", "timeit", "-n", "10", "-r", "2", "pass")
        self.assertEqual((status, err), (0, ""))
        self.assertRegex(out, r"^10 loops, best of 2: [\d.]+ [nu]sec per loop\n$")
        status, out, err = self.run_ounce("-m", "timeit", "--wrong")
        self.assertEqual((status, out.splitlines()[0]), (2, "option --wrong not recognized"))
        status, out, err = self.run_ounce("-m", "timeit", "raise ValueError('told')")
        self.assertEqual((status, err.splitlines()[-1]), (1, "ValueError: told"))

    def test_mprof(self):
        status, out, err = self.run_ounce("-m", "mprof", "run", "--wrong")
        self.assertEqual((status, out, "unrecognized arguments: --wrong" in err), (2, "", True))
        status, out, err = self.run_ounce("-m", "mprof", "run", "-o", "x.dat", "-T", "0.02", "script.py", "raise")
        self.assertEqual(err.splitlines()[-1], "ValueError: told")
        self.assertTrue(os.path.exists(os.path.join(self.folder, "x.dat")))
        self.assertNotEqual(self.run_ounce("-m", "mprof", "nonsense")[0], 0)


PACKAGES = "/usr/lib/python3/dist-packages"


class DebiansOwn(Folder):
    """The tools that others wrote, put first on PYTHONPATH, are programs like any other."""

    def with_own(self, name, *args):
        own = os.path.join(self.folder, "own")
        os.mkdir(own)
        try:
            shutil.copy(os.path.join(PACKAGES, name), own)
        except FileNotFoundError:
            self.skipTest(name + " is not installed")
        status, out, err = self.run_ounce(*args, PYTHONPATH=own)
        self.assertEqual((status, err), (0, ""))
        return out

    def test_objgraph(self):
        self.write("use.py", """if True:
            import io, objgraph
            class Node: pass
            a = Node(); a.b = [Node(), {"k": Node()}]; a.b[0].back = a
            print("own" in objgraph.__file__)
            print(objgraph.count("Node"), len(objgraph.by_type("Node")), objgraph.typestats([a, a.b]))
            objgraph.growth()
            more = [Node() for _ in range(50)]
            print(dict((name, rise) for name, _, rise in objgraph.growth())["Node"])
            for show, node in (objgraph.show_backrefs, a.b[1]["k"]), (objgraph.show_refs, a):
                out = io.StringIO()
                show([node], output=out, max_depth=3)
                print(out.getvalue().startswith("digraph"), "Node" in out.getvalue())
            chain = objgraph.find_backref_chain(a.b[1]["k"], objgraph.is_proper_module)
            print(type(chain[0]).__name__, len(chain) > 1, objgraph.at(id(a)) is a)
        """)
        self.assertEqual(self.with_own("objgraph.py", "use.py").splitlines(),
                         ["True", "3 3 {'Node': 1, 'list': 1}", "50", "True True", "True True", "module True True"])

    def test_memory_profiler(self):
        self.write("use.py", """import memory_profiler

@memory_profiler.profile
def f():
    a = bytearray(b"x" * 50_000_000)
    return len(a)

print("own" in memory_profiler.__file__, f())
print(max(memory_profiler.memory_usage((f, ()), interval=.01)) > 1)
""")
        out = self.with_own("memory_profiler.py", "use.py")
        self.assertRegex(out, r"(?m)^ +5 +[\d.]+ MiB +(4[5-9]|9\d)\.\d MiB +1       a = bytearray")
        self.assertRegex(out, r"(?m)^True 50000000$")
        self.assertRegex(out, r"(?m)^True$")


if __name__ == "__main__":
    unittest.main()
