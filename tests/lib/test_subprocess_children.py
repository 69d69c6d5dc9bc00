# SPDX-License-Identifier: MIT
"""_posixsubprocess: what subprocess promises about its children."""
import errno
import os
import signal
import subprocess
import sys
import tempfile
import unittest

import _posixsubprocess


class Children(unittest.TestCase):
    def test_pipes_and_status(self):
        done = subprocess.run(["sh", "-c", "cat; echo err >&2; exit 3"], input=b"abc", capture_output=True)
        self.assertEqual((done.returncode, done.stdout, done.stderr), (3, b"abc", b"err\n"))

    def test_much_data_both_ways(self):
        data = os.urandom(1 << 20)
        self.assertEqual(subprocess.run(["cat"], input=data, capture_output=True).stdout, data)

    def test_status_of_a_signal(self):
        self.assertEqual(subprocess.run(["sh", "-c", "kill -9 $$"]).returncode, -9)

    def test_missing_program_and_folder(self):
        with self.assertRaises(FileNotFoundError) as raised:
            subprocess.run(["/no/such/program"])
        self.assertEqual((raised.exception.errno, raised.exception.filename), (errno.ENOENT, "/no/such/program"))
        with self.assertRaises(FileNotFoundError) as raised:
            subprocess.run(["true"], cwd="/no/such/folder")
        self.assertEqual(raised.exception.filename, "/no/such/folder")
        with tempfile.NamedTemporaryFile() as file, self.assertRaises(PermissionError):
            subprocess.run([file.name])

    def test_descriptors_are_closed_but_those_passed(self):
        r, w = os.dup2(0, 50), os.dup2(0, 51)
        try:
            code = "ls /proc/self/fd | sort -n | tr '\\n' ' '"
            out = subprocess.run(["sh", "-c", code], capture_output=True, text=True, pass_fds=[r]).stdout.split()
            self.assertIn(str(r), out)
            self.assertNotIn(str(w), out)
        finally:
            os.close(r)
            os.close(w)

    def test_preexec(self):
        done = subprocess.run(["sh", "-c", "echo $A; umask"], preexec_fn=lambda: os.umask(0o27), env={"A": "b"},
                              capture_output=True, text=True)
        self.assertEqual(done.stdout, "b\n0027\n")
        with self.assertRaises(subprocess.SubprocessError) as raised:
            subprocess.run(["true"], preexec_fn=lambda: 1 / 0)
        self.assertEqual(str(raised.exception), "Exception occurred in preexec_fn.")

    def test_session_and_group(self):
        code = "import os; print(os.getsid(0) == os.getpid(), os.getpgid(0) == os.getpid())"
        run = lambda **options: subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, **options).stdout
        self.assertEqual(run(start_new_session=True), "True True\n")
        self.assertEqual(run(process_group=0), "False True\n")

    def test_signals_are_restored(self):
        code = "import signal; print(signal.pthread_sigmask(signal.SIG_BLOCK, []))"
        self.assertEqual(subprocess.run([sys.executable, "-c", code], capture_output=True, text=True).stdout, "set()\n")
        old = signal.signal(signal.SIGUSR1, lambda *args: None)
        try:
            done = subprocess.run(["sh", "-c", "kill -USR1 $$; echo alive"], stdout=subprocess.PIPE)
            self.assertEqual((done.returncode, done.stdout), (-signal.SIGUSR1, b""))
        finally:
            signal.signal(signal.SIGUSR1, old)

    def test_streams_among_the_first_three(self):
        code = ("import os, subprocess, sys\nos.close(0); os.close(2)\n"
                "out = subprocess.run([sys.executable, '-c', 'import sys; sys.stderr.write(chr(101))'], "
                "stderr=subprocess.PIPE, stdin=subprocess.DEVNULL).stderr\nprint(out)")
        self.assertEqual(subprocess.run([sys.executable, "-c", code], capture_output=True, text=True).stdout, "b'e'\n")

    def test_negative_descriptor(self):
        with self.assertRaisesRegex(OSError, "Bad file descriptor"):
            subprocess.run(["/bin/true"], stdin=-5)

    def test_timeout(self):
        with self.assertRaises(subprocess.TimeoutExpired):
            subprocess.run(["sleep", "10"], timeout=0.05)


class Arguments(unittest.TestCase):
    def check(self, kind, text, **changes):
        arguments = [[b"true"], [b"/bin/true"], True, (5,), None, None, -1, -1, -1, -1, -1, -1, 3, 5, False, False, -1,
                     None, None, None, -1, None, False]
        for name, value in changes.items():
            arguments[int(name[1:])] = value
        with self.assertRaises(kind) as raised:
            _posixsubprocess.fork_exec(*arguments)
        self.assertEqual(str(raised.exception), text)

    def test_messages(self):
        self.check(TypeError, "argv must be a tuple", _0=5)
        self.check(ValueError, "embedded null byte", _0=["a\0"])
        self.check(TypeError, "expected bytes, str found", _1=["a"])
        self.check(TypeError, "fork_exec() argument 4 must be tuple, not list", _3=[1])
        for fds in ((-1,), (5, 3), ("a",), (1 << 70,)):
            self.check(ValueError, "bad value(s) in fds_to_keep", _3=fds)
        self.check(ValueError, "errpipe_write must be >= 3", _13=2)
        self.check(OverflowError, "signed integer is greater than maximum", _6=1 << 31)
        self.check(TypeError, "setgroups argument must be a list", _18=(1,))
        self.check(TypeError, "groups must be integers", _18=["a"])
        self.check(ValueError, "invalid group id", _18=[-5])
        self.check(ValueError, "too many groups", _18=[0] * 70000)
        self.check(TypeError, "gid should be integer, not str", _17="a")
        self.check(TypeError, "uid should be integer, not float", _19=1.5)
        with self.assertRaisesRegex(TypeError, r"fork_exec\(\) takes exactly 23 arguments \(2 given\)"):
            _posixsubprocess.fork_exec(1, 2)


if __name__ == "__main__":
    unittest.main()
