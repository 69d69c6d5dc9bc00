"""faulthandler: reports of where Python is, on a crash, after a time, on a signal, when asked."""
import faulthandler
import os
import signal
import subprocess
import sys
import tempfile
import unittest


# In an asan build the sanitizer takes these signals first, unless it is told to leave them.
SIGNALS = "segv", "sigbus", "abort", "sigill", "sigfpe"
LEAVE = ":".join([os.environ.get("ASAN_OPTIONS", ""), *(f"handle_{name}=0" for name in SIGNALS)])


def run(code, *options):
    done = subprocess.run([sys.executable, *options, "-c", code], capture_output=True, text=True, timeout=60,
                          env=os.environ | {"ASAN_OPTIONS": LEAVE})
    return done.returncode, done.stdout, done.stderr


PROGRAM = "import faulthandler, os, signal, sys, time\ndef inner():\n    %s\ndef outer():\n    inner()\nouter()\n"
FRAMES = ('  File "<string>", line 3 in inner\n  File "<string>", line 5 in outer\n'
          '  File "<string>", line 6 in <module>\n')
CURRENT = r"Current thread 0x[0-9a-f]{16} \(most recent call first\):\n" + FRAMES.replace("(", r"\(")


class CrashTest(unittest.TestCase):
    def test_enabled(self):
        for action, name, number in (
                ("faulthandler._read_null()", "Segmentation fault", signal.SIGSEGV),
                ("faulthandler._sigsegv()", "Segmentation fault", signal.SIGSEGV),
                ("faulthandler._stack_overflow()", "Segmentation fault", signal.SIGSEGV),
                ("faulthandler._sigabrt()", "Aborted", signal.SIGABRT),
                ("faulthandler._sigfpe()", "Floating point exception", signal.SIGFPE),
                ("os.kill(os.getpid(), signal.SIGILL)", "Illegal instruction", signal.SIGILL)):
            for how in (["-X", "faulthandler"], []):
                code = PROGRAM % action if how else PROGRAM % ("faulthandler.enable(); " + action)
                with self.subTest(action, how=how):
                    status, _, report = run(code, *how)
                    self.assertEqual(status, -number)
                    self.assertRegex(report, f"^Fatal Python error: {name}\n\n" + CURRENT)

    @unittest.skipUnless(sys.implementation.name == "ounce", "CPython says nothing")
    def test_a_fault_of_the_runtime_is_reported_unasked(self):
        status, _, report = run(PROGRAM % "faulthandler._read_null()")
        self.assertEqual(status, -signal.SIGSEGV)
        self.assertRegex(report, "^Fatal Ounce error: Segmentation fault\n\n" + CURRENT)

    def test_a_signal_that_was_sent_is_not_reported(self):
        for action in "os.kill(os.getpid(), signal.SIGSEGV)", "os.abort()", \
                "faulthandler.enable(); faulthandler.disable(); faulthandler._sigsegv()":
            status, _, report = run(PROGRAM % action)
            self.assertLess(status, 0)
            self.assertEqual(report, "")
        self.assertIs(signal.getsignal(signal.SIGSEGV), signal.SIG_DFL)

    def test_enabled_or_not(self):
        code = "import faulthandler as f; print(f.is_enabled(), f.disable(), f.disable(), f.is_enabled())"
        self.assertEqual(run(code)[1], "False False False False\n")
        self.assertEqual(run(code, "-X", "faulthandler")[1], "True True False False\n")
        self.assertEqual(run(code, "-X", "dev")[1], "True True False False\n")

    def test_names_are_escaped(self):
        status, _, report = run("import faulthandler\ndef f\u00e9\u4e2d():\n    faulthandler.dump_traceback()\nf\u00e9\u4e2d()")
        self.assertIn(r"line 3 in f\xe9\u4e2d", report)

    def test_a_thread_that_waits_in_long_code(self):
        code = ("import faulthandler, threading, time\n" + "x = 1\n" * 3000 +
                "threading.Thread(target=lambda: (time.sleep(0.3), faulthandler._sigabrt())).start(); time.sleep(20)\n")
        status, _, report = run(code, "-X", "faulthandler")
        self.assertEqual(status, -signal.SIGABRT)
        self.assertIn('  File "<string>", line 3002 in <module>\n', report)

    def test_deep_stacks_are_cut(self):
        status, _, report = run("import faulthandler\ndef f(n):\n    f(n - 1) if n else faulthandler.dump_traceback()\nf(300)")
        self.assertEqual(len(report.splitlines()), 102)
        self.assertEqual(report.splitlines()[-1], "  ...")


class AskedTest(unittest.TestCase):
    def test_at_once(self):
        with tempfile.TemporaryFile() as file:
            faulthandler.dump_traceback(file, all_threads=False)
            file.seek(0)
            lines = file.read().decode().splitlines()
        self.assertEqual(lines[0], "Stack (most recent call first):")
        self.assertRegex(lines[1], r'  File ".*test_crash_reports.py", line \d+ in test_at_once')

    def test_later(self):
        status, _, report = run(PROGRAM % "faulthandler.dump_traceback_later(0.05, exit=True); time.sleep(20)")
        self.assertEqual(status, 1)
        self.assertRegex(report, r"^Timeout \(0:00:00.050000\)!\nThread 0x[0-9a-f]{16} \(most recent call first\):\n")
        self.assertIn(FRAMES, report)
        self.assertEqual(run(PROGRAM % "faulthandler.dump_traceback_later(0.05, exit=True); "
                             "faulthandler.cancel_dump_traceback_later(); time.sleep(0.2)"), (0, "", ""))

    def test_on_a_signal(self):
        status, out, report = run(PROGRAM % (
            "signal.signal(signal.SIGUSR1, lambda *a: print('chained')); "
            "faulthandler.register(signal.SIGUSR1, chain=True); os.kill(os.getpid(), signal.SIGUSR1); "
            "print(faulthandler.unregister(signal.SIGUSR1), faulthandler.unregister(signal.SIGUSR1))"))
        self.assertEqual((status, out), (0, "chained\nTrue False\n"))
        self.assertRegex(report, "^" + CURRENT)

    def test_messages(self):
        class Wrong:
            def fileno(self):
                return "x"
        for call, kind, text in (
                (lambda: faulthandler.enable(-1), ValueError, "file is not a valid file descripter"),
                (lambda: faulthandler.enable(Wrong()), RuntimeError, r"file.fileno\(\) is not a valid file descriptor"),
                (lambda: faulthandler.dump_traceback(5.5), AttributeError, "'float' object has no attribute 'fileno'"),
                (lambda: faulthandler.dump_traceback_later(0), ValueError, "timeout must be greater than 0"),
                (lambda: faulthandler.register(signal.SIGSEGV), RuntimeError,
                 r"signal 11 cannot be registered, use enable\(\) instead"),
                (lambda: faulthandler.unregister(0), ValueError, "signal number out of range")):
            with self.assertRaisesRegex(kind, text):
                call()


if __name__ == "__main__":
    unittest.main()
