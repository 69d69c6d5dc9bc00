# SPDX-License-Identifier: MIT
"""The command line: what is run, sys.argv, sys.path, options and exit status."""
import os
import subprocess
import sys
import tempfile
import unittest
import zipfile


ENVIRONMENT = {key: value for key, value in os.environ.items() if not key.startswith("PYTHON")}
ENVIRONMENT["PYTHONDONTWRITEBYTECODE"] = "1"


def run(*args, stdin=None, **environment):
    """Run the program under test: (exit status, stdout, stderr)."""
    done = subprocess.run([sys.executable, *args], input=stdin, capture_output=True, text=True, timeout=60,
                          env={**ENVIRONMENT, **environment})
    return done.returncode, done.stdout, done.stderr


class Files(unittest.TestCase):
    """Tests with a scratch folder."""

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = os.path.realpath(folder.name)

    def write(self, name, text):
        path = os.path.join(self.folder, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w") as file:
            file.write(text)
        return path


SHOW = "import sys\nprint(__name__, sys.argv, sys.path[0])\n"


class WhatIsRun(Files):
    def test_first_line_skipped(self):
        path = self.write("a.py", "not python\nprint(1)\n1/0\n")
        status, out, err = run("-x", path)
        self.assertEqual((status, out), (1, "1\n"))
        self.assertIn("line 3", err)

    def test_file(self):
        path = self.write("a.py", SHOW)
        self.assertEqual(run(path, "-x", "y"), (0, f"__main__ {[path, '-x', 'y']} {self.folder}\n", ""))

    def test_file_is_named_absolutely(self):
        self.write("p/a.py", "import sys\nprint(__file__, sys.argv, sys._getframe().f_code.co_filename)\n")
        done = subprocess.run([sys.executable, "p/../p/a.py"], cwd=self.folder, capture_output=True, text=True)
        path = os.path.join(self.folder, "p/../p/a.py")
        self.assertEqual(done.stdout, f"{path} ['p/../p/a.py'] {path}\n")
        done = subprocess.run([sys.executable, "nope.py"], cwd=self.folder, capture_output=True, text=True)
        self.assertIn(f"can't open file '{self.folder}/nope.py': [Errno 2]", done.stderr)

    def test_standard_input_is_named(self):
        self.assertEqual(run("-", stdin="print(__file__, __cached__)")[1], "<stdin> None\n")

    def test_command(self):
        self.assertEqual(run("-c", SHOW, "-c", "b"), (0, "__main__ ['-c', '-c', 'b'] \n", ""))

    def test_command_joined_to_its_option(self):
        self.assertEqual(run("-cprint(1)"), (0, "1\n", ""))

    def test_module(self):
        path = self.write("mod.py", SHOW)
        status, out, err = run("-m", "mod", "a", PYTHONPATH=self.folder)
        self.assertEqual((status, err), (0, ""))
        self.assertEqual(out, f"__main__ {[path, 'a']} {os.getcwd()}\n")

    def test_package_as_module(self):
        self.write("pack/__init__.py", "")
        path = self.write("pack/__main__.py", "import sys\nprint(sys.argv[0], __package__)\n")
        self.assertEqual(run("-m", "pack", PYTHONPATH=self.folder), (0, f"{path} pack\n", ""))

    def test_missing_module(self):
        status, out, err = run("-m", "no_such_module")
        self.assertEqual((status, out), (1, ""))
        self.assertIn("No module named no_such_module", err)

    def test_folder(self):
        self.write("__main__.py", SHOW)
        self.assertEqual(run(self.folder, "a"), (0, f"__main__ {[self.folder, 'a']} {self.folder}\n", ""))

    def test_folder_without_main(self):
        status, out, err = run(self.folder)
        self.assertEqual((status, out), (1, ""))
        self.assertIn("can't find '__main__' module in", err)

    def test_zip_file(self):
        path = os.path.join(self.folder, "app.zip")
        with zipfile.ZipFile(path, "w") as file:
            file.writestr("__main__.py", "import other, sys\nprint(other.NAME, sys.path[0])\n")
            file.writestr("other.py", "NAME = __name__\n")
        self.assertEqual(run(path), (0, f"other {path}\n", ""))

    def test_standard_input(self):
        self.assertEqual(run("-", "a", stdin=SHOW), (0, "__main__ ['-', 'a'] \n", ""))
        self.assertEqual(run(stdin=SHOW), (0, "__main__ [''] \n", ""))

    def test_missing_file(self):
        status, out, err = run("/no/such/file.py")
        self.assertEqual((status, out), (2, ""))
        self.assertIn("can't open file '/no/such/file.py': [Errno 2] No such file or directory", err)


class Options(Files):
    def test_version(self):
        status, out, err = run("-V")
        self.assertEqual((status, err), (0, ""))
        self.assertRegex(out, r"^Python 3\.11\.\d+")
        self.assertEqual(run("--version")[1], out)

    def test_help(self):
        for option in ("-h", "--help", "-?"):
            status, out, err = run(option)
            self.assertEqual((status, err), (0, ""))
            self.assertTrue(out.startswith("usage:"), out)

    def test_unknown_option(self):
        status, out, err = run("-Z")
        self.assertEqual((status, out), (2, ""))
        self.assertIn("Unknown option: -Z", err)
        self.assertIn("usage:", err)

    def test_missing_argument(self):
        status, out, err = run("-c")
        self.assertEqual((status, out), (2, ""))
        self.assertIn("Argument expected for the -c option", err)

    def test_flags(self):
        code = "import sys; f = sys.flags; print(%s)"
        for options, fields in ((["-O"], "f.optimize"), (["-OO"], "f.optimize == 2"), (["-B"], "f.dont_write_bytecode"),
                                (["-E"], "f.ignore_environment"), (["-s"], "f.no_user_site"), (["-S"], "f.no_site"),
                                (["-I"], "f.isolated and f.ignore_environment and f.no_user_site and f.safe_path"),
                                (["-P"], "f.safe_path"), (["-q"], "f.quiet"), (["-b"], "f.bytes_warning"),
                                (["-bb"], "f.bytes_warning == 2"), (["-v"], "f.verbose"), (["-X", "dev"], "f.dev_mode"),
                                (["-X", "utf8"], "f.utf8_mode"), (["-Es"], "f.no_user_site and f.ignore_environment")):
            with self.subTest(options):
                self.assertIn(run(*options, "-c", code % fields)[1], ("1\n", "True\n"))

    def test_assert_and_docstrings(self):
        code = "def f(): 'doc'\nprint(f.__doc__, __debug__)\nassert 0, 'failed'"
        self.assertEqual(run("-c", code)[:2], (1, "doc True\n"))
        self.assertEqual(run("-O", "-c", code), (0, "doc False\n", ""))
        self.assertEqual(run("-OO", "-c", code), (0, "None False\n", ""))

    def test_warnings(self):
        code = "import warnings; warnings.warn('w'); print('end')"
        self.assertEqual(run("-W", "ignore", "-c", code), (0, "end\n", ""))
        status, out, err = run("-W", "error", "-c", code)
        self.assertEqual((status, out), (1, ""))
        self.assertTrue(err.endswith("UserWarning: w\n"), err)
        self.assertIn("UserWarning: w", run("-c", code)[2])

    def test_warnings_of_the_runtime(self):
        for options, code, category in ((["-bb"], "b'' == ''", "BytesWarning"), (["-bb"], "str(b'')", "BytesWarning"),
                                        (["-Werror"], "'a' is 'b'", "SyntaxError"),
                                        (["-W", "error::DeprecationWarning"], "'\\d'", "SyntaxError")):
            with self.subTest(options):
                status, _, err = run(*options, "-c", code)
                self.assertEqual(status, 1)
                self.assertIn(category, err)

    def test_modules_of_the_current_folder_have_absolute_names(self):
        self.write("near.py", "")
        code = "import os; os.chdir(%r); import near; print(near.__file__)" % self.folder
        self.assertEqual(run("-c", code)[1], os.path.join(os.path.realpath(self.folder), "near.py\n"))

    def test_x_options(self):
        code = "import sys; print(sys._xoptions)"
        self.assertEqual(run("-X", "a", "-Xb=c", "-c", code)[1], "{'a': True, 'b': 'c'}\n")

    def test_isolated_ignores_environment(self):
        code = "import sys; print('marker' in ' '.join(sys.path))"
        self.assertEqual(run("-c", code, PYTHONPATH="/marker")[1], "True\n")
        self.assertEqual(run("-I", "-c", code, PYTHONPATH="/marker")[1], "False\n")

    def test_unbuffered(self):
        code = "import sys, os; sys.stdout.write('text'); os._exit(0)"
        self.assertEqual(run("-u", "-c", code)[1], "text")
        self.assertEqual(run("-c", code)[1], "")

    def test_orig_argv(self):
        out = run("-X", "a", "-c", "import sys; print(sys.orig_argv[1:])", "b")[1]
        self.assertEqual(out, f"{['-X', 'a', '-c', 'import sys; print(sys.orig_argv[1:])', 'b']}\n")


class SiteBuiltins(unittest.TestCase):
    """exit, quit, copyright, credits, license and help are there without an import."""

    def test_exit(self):
        self.assertEqual(run("-c", "exit(3)")[0], 3)
        self.assertEqual(run("-c", "quit(code='bye')"), (1, "", "bye\n"))
        self.assertEqual(run("-c", "print(exit)")[1], "Use exit() or Ctrl-D (i.e. EOF) to exit\n")

    def test_texts(self):
        self.assertEqual(run("-c", "print(repr(help))")[1],
                         "Type help() for interactive help, or help(object) for help about object.\n")
        self.assertIn("Copyright", run("-c", "copyright()")[1])

    def test_help(self):
        self.assertIn("len(obj, /)", run("-c", "help(len)")[1])

    def test_not_without_site(self):
        self.assertEqual(run("-S", "-c", "exit()")[0], 1)


class ExitStatus(Files):
    def test_values(self):
        for code, status in (("", 0), ("sys.exit()", 0), ("sys.exit(None)", 0), ("sys.exit(3)", 3), ("sys.exit(-1)", 255),
                             ("sys.exit(259)", 3), ("sys.exit('text')", 1), ("1 / 0", 1), ("x =", 1),
                             ("raise SystemExit(True)", 1), ("sys.exit((1, 2))", 1)):
            with self.subTest(code):
                self.assertEqual(run("-c", "import sys\n" + code)[0], status)

    def test_message(self):
        self.assertEqual(run("-c", "import sys; sys.exit('the reason')"), (1, "", "the reason\n"))

    def test_failing_excepthook(self):
        self.assertEqual(run("-c", "import sys; sys.excepthook = None; 1 / 0")[2],
                         "Error in sys.excepthook:\nTypeError: 'NoneType' object is not callable\n\n"
                         "Original exception was:\nTraceback (most recent call last):\n"
                         "  File \"<string>\", line 1, in <module>\nZeroDivisionError: division by zero\n")

    def test_keyboard_interrupt_dies_by_the_signal(self):
        self.assertEqual(run("-c", "raise KeyboardInterrupt")[0], -2)

    def test_output_is_flushed(self):
        self.assertEqual(run("-c", "import sys; sys.stdout.write('a'); sys.exit(4)")[:2], (4, "a"))

    def test_atexit_order(self):
        code = "import atexit\natexit.register(print, 1)\natexit.register(print, 2)\nprint(0)\nraise SystemExit(5)"
        self.assertEqual(run("-c", code), (5, "0\n2\n1\n", ""))

    def test_exception_in_thread_keeps_status(self):
        code = "import threading\nt = threading.Thread(target=lambda: 1 / 0)\nt.start(); t.join()"
        status, _, err = run("-c", code)
        self.assertEqual(status, 0)
        self.assertIn("ZeroDivisionError", err)


class Environment(Files):
    def test_hash_seed(self):
        code = "print(hash('text'))"
        once = run("-c", code, PYTHONHASHSEED="7")[1]
        self.assertEqual(run("-c", code, PYTHONHASHSEED="7")[1], once)
        self.assertNotEqual(run("-c", code, PYTHONHASHSEED="8")[1], once)
        self.assertGreater(len({run("-c", code)[1] for _ in range(4)}), 1)

    def test_bad_hash_seed(self):
        status, _, err = run("-c", "", PYTHONHASHSEED="x")
        self.assertEqual(status, 1)
        self.assertIn("PYTHONHASHSEED must be", err)

    def test_path(self):
        self.write("found.py", "NAME = 'found'\n")
        self.assertEqual(run("-c", "import found; print(found.NAME)", PYTHONPATH="/nowhere:" + self.folder)[1], "found\n")

    def test_optimize_and_inspect(self):
        self.assertEqual(run("-c", "import sys; print(sys.flags.optimize)", PYTHONOPTIMIZE="2")[1], "2\n")
        self.assertEqual(run("-c", "print(1)", PYTHONINSPECT="1", stdin="print(2)\n"), (0, "1\n", ""))

    def test_io_encoding(self):
        self.assertEqual(run("-c", r"print('\xe9')", PYTHONIOENCODING="ascii:backslashreplace")[1], "\\xe9\n")

        show = "import sys; print(sys.stdin.encoding, sys.stdin.errors, sys.stderr.errors)"
        for value, printed in (("latin1", "iso8859-1 strict"), ("utf8:", "utf-8 strict"), (":ignore", "utf-8 ignore"),
                               (":", "utf-8 surrogateescape"), ("", "utf-8 surrogateescape")):
            with self.subTest(value):
                self.assertEqual(run("-c", show, PYTHONIOENCODING=value, LC_ALL="C.UTF-8")[1],
                                 printed + " backslashreplace\n")

    def test_warnings(self):
        self.assertEqual(run("-c", "import warnings; warnings.warn('w')", PYTHONWARNINGS="error")[0], 1)


class Locale(unittest.TestCase):
    SHOW = "import sys, os; print(sys.flags.utf8_mode, sys.stdin.errors, os.environ.get('LC_CTYPE'))"

    def shown(self, *options, **environment):
        return run(*options, "-c", self.SHOW, **{"LC_ALL": "", "LC_CTYPE": "", "LANG": "", **environment})[1].split()

    def test_locale_that_says_nothing(self):
        for locale in "C", "POSIX", "no_SUCH", "no_SUCH.UTF-8":
            with self.subTest(locale):
                self.assertEqual(self.shown(LC_ALL=locale)[:2], ["1", "surrogateescape"])
                self.assertEqual(self.shown(LANG=locale), ["1", "surrogateescape", "C.UTF-8"])
                self.assertEqual(self.shown(LC_CTYPE=locale), ["1", "surrogateescape", "C.UTF-8"])
        self.assertEqual(self.shown(), ["1", "surrogateescape", "C.UTF-8"])

    def test_locale_that_says_utf8(self):
        self.assertEqual(self.shown(LC_CTYPE="C.UTF-8"), ["0", "surrogateescape", "C.UTF-8"])
        self.assertEqual(self.shown(LANG="C", LC_CTYPE="C.UTF-8"), ["0", "surrogateescape", "C.UTF-8"])

    def test_wishes(self):
        self.assertEqual(self.shown("-X", "utf8=0", LANG="C")[0], "0")
        self.assertEqual(self.shown("-X", "utf8", LANG="C.UTF-8")[0], "1")
        self.assertEqual(self.shown(PYTHONUTF8="0", LANG="C")[0], "0")
        self.assertEqual(self.shown(PYTHONUTF8="1", LANG="C.UTF-8")[0], "1")
        self.assertEqual(self.shown("-X", "utf8=0", PYTHONUTF8="1")[0], "0")
        self.assertEqual(self.shown("-X", "utf8=0", "-X", "utf8=1")[0], "0")
        self.assertEqual(self.shown("-E", PYTHONUTF8="1", LANG="C.UTF-8")[0], "0")
        self.assertEqual(self.shown(PYTHONCOERCECLOCALE="0", LANG="C", LC_CTYPE="POSIX"), ["1", "surrogateescape", "POSIX"])
        err = run("-c", "", LANG="C", LC_ALL="", LC_CTYPE="", PYTHONCOERCECLOCALE="warn")[2]
        self.assertTrue(err.startswith("Python detected LC_CTYPE=C: LC_CTYPE coerced to C.UTF-8 "), err)


class Encoding(Files):
    """Bytes of a program that are no text."""

    def check(self, source, message, *lines):
        path = os.path.join(self.folder, "main.py")
        with open(path, "wb") as file:
            file.write(source)
        status, out, err = run(path)
        self.assertEqual((status, out), (1, ""))
        self.assertEqual(err.splitlines(), [line.format(path) for line in (*lines, "SyntaxError: " + message)])

    def test_nothing_declared(self):
        message = (r"Non-UTF-8 code starting with '\x%x' in file {} on line %d, but no encoding declared; "
                   "see https://peps.python.org/pep-0263/ for details")
        self.check(b"print(1)\nx = '\xff'\n", message % (0xff, 2))
        self.check(b"# \xe9\n", message % (0xe9, 1))
        self.check(b"x = 1 +\nx = '\xff'\n", message % (0xff, 2))
        self.check(b"x = (\n\n'\xed\xa0\x80'", message % (0xed, 3))

    def test_declared(self):
        self.check(b"# coding: foo\n", "encoding problem: foo")
        self.check(b"# coding: ascii\nx = '\xe9'\n", "encoding problem: ascii")
        self.check(b"# coding: UTF8\nx = '\xe9'\n", "encoding problem: UTF8")
        self.check(b"# coding: cp1252\nx = '\x81'\n", "encoding problem: cp1252")
        self.check(b"\xef\xbb\xbf# coding: latin-1\n", "encoding problem: iso-8859-1 with BOM")
        self.check(b"# coding: utf-8\nx = '\xff'\n",
                   "(unicode error) 'utf-8' codec can't decode byte 0xff in position 0: invalid start byte",
                   '  File "{}", line 2', "    x = '\ufffd'", "         ^")

    def test_not_a_file(self):
        """The same of a text that is compiled."""
        for source, message in ((b"# coding: foo\n", "unknown encoding: foo"),
                                (b"# coding: ascii\n\xe9", "'ascii' codec can't decode byte 0xe9 in position 16: "
                                                           "ordinal not in range(128)"),
                                (b"# coding: cp1252\n\x81", "'charmap' codec can't decode byte 0x81 in position 17: "
                                                            "character maps to <undefined>"),
                                (b"# coding: rot13\n", "'rot13' is not a text encoding; use codecs.decode() to handle "
                                                       "arbitrary codecs")):
            with self.subTest(source), self.assertRaises(SyntaxError) as caught:
                compile(source, "name", "exec")
            self.assertEqual(caught.exception.args, (message, ("name", 0, -1, None)))


class Output(Files):
    def test_full_disk(self):
        for code in ("print('x')", "import sys; sys.stdout.write('x' * 100000)"):
            with self.subTest(code), open("/dev/full", "w") as full:
                done = subprocess.run([sys.executable, "-c", code], stdout=full, stderr=subprocess.PIPE, text=True,
                                      env=ENVIRONMENT)
                self.assertIn(done.returncode, (1, 120))
                self.assertIn("No space left on device", done.stderr)

    def test_closed_pipe(self):
        reading, writing = os.pipe()
        os.close(reading)
        try:
            done = subprocess.run([sys.executable, "-c", "print('x')"], stdout=writing, stderr=subprocess.PIPE, text=True,
                                      env=ENVIRONMENT)
        finally:
            os.close(writing)
        self.assertEqual(done.returncode, 120)
        self.assertIn("BrokenPipeError", done.stderr)

    def test_closed_standard_output(self):
        done = subprocess.run(["/bin/sh", "-c", '"$0" -c "print(1)" >&-', sys.executable], capture_output=True, text=True)
        self.assertEqual((done.returncode, done.stderr), (0, ""))


class Refused(unittest.TestCase):
    """Values that no program can run with."""

    def test_hash_seed(self):
        for seed in ("x", "-1", "4294967296", "99999999999999999999"):
            status, out, err = run("-c", "pass", PYTHONHASHSEED=seed)
            self.assertEqual((status, out), (1, ""))
            self.assertIn('PYTHONHASHSEED must be "random" or an integer in range [0; 4294967295]', err)
        for seed in ("0", "4294967295", "random", ""):
            self.assertEqual(run("-c", "pass", PYTHONHASHSEED=seed)[0], 0)

    def test_digits(self):
        err = run("-c", "pass", PYTHONINTMAXSTRDIGITS="7")[2]
        self.assertTrue(err.startswith("Fatal Python error: config_init_int_max_str_digits: PYTHONINTMAXSTRDIGITS: "))
        err = run("-X", "int_max_str_digits=7", "-c", "pass")[2]
        self.assertTrue(err.startswith("Fatal Python error: config_init_int_max_str_digits: -X int_max_str_digits: "))

    def test_check_of_hashed_files(self):
        show = "import _imp; print(_imp.check_hash_based_pycs)"
        self.assertEqual(run("-c", show)[1], "default\n")
        self.assertEqual(run("--check-hash-based-pycs", "never", "-c", show)[1], "never\n")
        status, _, err = run("--check-hash-based-pycs", "often", "-c", show)
        self.assertEqual(status, 2)
        self.assertIn("must be one of 'default', 'always', or 'never'", err)

    def test_jython(self):
        self.assertIn("-J is reserved for Jython", run("-J")[2])

    def test_utf8_mode(self):
        for options, environment, what in ((["-X", "utf8=3"], {}, "-X utf8 option"), (["-X", "utf8="], {}, "-X utf8 option"),
                                           ([], {"PYTHONUTF8": "yes"}, "PYTHONUTF8 environment variable")):
            self.assertEqual(run(*options, "-c", "", **environment)[::2],
                             (1, f"Fatal Python error: preconfig_init_utf8_mode: invalid {what} value\n"
                                 "Python runtime state: preinitializing\n\n"))


class WhatImportsSay(unittest.TestCase):
    def test_times(self):
        for args, environment in ((["-X", "importtime"], {}), ([], {"PYTHONPROFILEIMPORTTIME": "1"})):
            err = run(*args, "-c", "import colorsys", **environment)[2]
            self.assertTrue(err.startswith("import time: self [us] | cumulative | imported package\n"), err)
            self.assertRegex(err, r"import time: +\d+ \| +\d+ \| colorsys\n")

    def test_names(self):
        self.assertRegex(run("-v", "-c", "import colorsys")[2], "import 'colorsys' # <")
        self.assertNotIn("colorsys", run("-c", "import colorsys")[2])


if __name__ == "__main__":
    unittest.main()
