# SPDX-License-Identifier: MIT
"""Ctrl-C reaches a program wherever it is: in its own loops and inside long built-in ones."""
import _thread
import math
import os
import signal
import subprocess
import sys
import time
import unittest

LOOPS = {
    "while": "while True: pass",
    "for": "import itertools\nfor i in itertools.count(): pass",
    "calls": "def f(): pass\nwhile True: f()",
    "generator": "def g():\n    while True: yield 0\nsum(g())",
    "big_power": "for i in iter(int, 1): pow(3, 10 ** 5)",
    "sort": "while True: sorted(range(1000), key=lambda x: -x)",
    "sleep": "import time\ntime.sleep(1000)",
    "reading": "import os\nr, w = os.pipe()\nos.read(r, 1)",
    "except_clause": "while True:\n    try:\n        while True: id(1)\n    except ValueError: pass",
}

# CPython 3.11 does not see Ctrl-C in these.
NATIVE_LOOPS = {
    "sum": "sum(iter(int, 1))",
    "max": "max(iter(int, 1))",
    "any": "any(iter(int, 1))",
    "all": "all(iter(object, 1))",
    "list_of_filter": "list(filter(None, iter(int, 1)))",
    "membership": "import itertools\n-1 in itertools.count()",
    "deque": "import collections\ncollections.deque(iter(int, 1), maxlen=0)",
    "join": "''.join(filter(None, iter(str, 1)))",
    "set_update": "set().update(iter(int, 1))",
    "dict_update": "{}.update(filter(None, iter(tuple, 1)))",
    "unpacking": "*a, = filter(None, iter(int, 1))",
    "range_sum": "sum(range(10 ** 15))",
    "regular_expression": "import re\nre.match('(a+)+$', 'a' * 60 + 'b')",
    "cycle": "import itertools, collections\ncollections.deque(itertools.cycle([1]), maxlen=0)",
    "islice": "import itertools\nnext(itertools.islice(itertools.count(), 10 ** 15, None))",
    "starmap": "import itertools\nsum(itertools.starmap(int, itertools.repeat(())))",
    "count_of_list": "l = [0] * 10 ** 6\nwhile True: l.count(1)",
    "reversed_range": "min(reversed(range(10 ** 15)))",
    "common_divisor": "import math\na = (1 << (1 << 26)) - 1\nmath.gcd(a, a // 7 * 5 + 2)",
    "zip": "sum(map(len, zip(iter(int, 1))))",
}


def interrupted(code):
    """Start a program, interrupt it in its loop; return its status, stderr and the seconds it took to end."""
    process = subprocess.Popen([sys.executable, "-c", "import os\nos.write(1, b'started')\n" + code],
                               stdout=subprocess.PIPE, stderr=subprocess.PIPE, stdin=subprocess.DEVNULL)
    try:
        os.read(process.stdout.fileno(), 100)
        time.sleep(0.15)
        sent = time.monotonic()
        process.send_signal(signal.SIGINT)
        _, stderr = process.communicate(timeout=5)
        return process.returncode, stderr.decode(), time.monotonic() - sent
    finally:
        process.kill()
        process.communicate()


class Interrupts(unittest.TestCase):
    pass


def add(name, code):
    def test(self):
        status, stderr, _ = interrupted(code)
        self.assertTrue(stderr.rstrip().endswith("KeyboardInterrupt"), stderr)
        self.assertEqual(status, -signal.SIGINT)
    test.__name__ = "test_" + name
    setattr(Interrupts, test.__name__, test)


for each in LOOPS.items():
    add(*each)
if sys.implementation.name == "ounce":
    for each in NATIVE_LOOPS.items():
        add(*each)


class Handling(unittest.TestCase):
    def test_program_catches_it(self):
        status, stderr, _ = interrupted("try:\n    while True: id(1)\nexcept KeyboardInterrupt:\n    raise SystemExit(9)")
        self.assertEqual((status, stderr), (9, ""))

    def test_program_interrupts_itself(self):
        code = ("import _thread\n_thread.interrupt_main(15)\ntry:\n    _thread.interrupt_main()\n    for i in range(100): pass\n"
                "except KeyboardInterrupt: print('caught')")
        done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
        self.assertEqual((done.returncode, done.stdout), (0, "caught\n"))

    def test_handler_runs_in_a_loop(self):
        status, stderr, _ = interrupted("import signal\ndef h(n, f): raise SystemExit(f.f_lineno > 0 and 8)\n"
                                        "signal.signal(signal.SIGINT, h)\nwhile True: pass")
        self.assertEqual((status, stderr), (8, ""))


class FromWithin(unittest.TestCase):
    def setUp(self):
        self.old = signal.signal(signal.SIGUSR1, lambda number, frame: self.seen.append(number))
        self.seen = []

    def tearDown(self):
        signal.signal(signal.SIGUSR1, self.old)

    def test_interrupt_main(self):
        with self.assertRaises(KeyboardInterrupt):
            _thread.interrupt_main()
            for _ in range(10):
                pass
        _thread.interrupt_main(signal.SIGUSR1)
        for _ in range(10):
            pass
        self.assertEqual(self.seen, [signal.SIGUSR1])

    def test_interrupt_main_without_handler(self):
        self.assertIsNone(_thread.interrupt_main(signal.SIGTERM))
        for number in (0, -1, signal.NSIG):
            with self.assertRaisesRegex(ValueError, "signal number out of range"):
                _thread.interrupt_main(number)

    def test_raise_signal(self):
        signal.raise_signal(signal.SIGUSR1)
        self.assertEqual(self.seen, [signal.SIGUSR1])
        with self.assertRaises(KeyboardInterrupt):
            signal.raise_signal(signal.SIGINT)
        with self.assertRaises(OSError):
            signal.raise_signal(900)

    def test_long_work_begins_again(self):
        old = signal.signal(signal.SIGALRM, lambda number, frame: self.seen.append(number))
        a, b = 3 ** 400000, 7 ** 200000 * 3 ** 5000
        signal.setitimer(signal.ITIMER_REAL, 0.002, 0.002)
        try:
            self.assertEqual(math.gcd(a, b), 3 ** 5000)
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0)
            signal.signal(signal.SIGALRM, old)
        self.assertTrue(self.seen)

    def test_wakeup_descriptor(self):
        r, w = os.pipe()
        with self.assertRaisesRegex(ValueError, "must be in non-blocking mode"):
            signal.set_wakeup_fd(w)
        os.set_blocking(w, False)
        self.assertEqual(signal.set_wakeup_fd(w), -1)
        signal.raise_signal(signal.SIGUSR1)
        self.assertEqual(os.read(r, 10), bytes([signal.SIGUSR1]))
        self.assertEqual(signal.set_wakeup_fd(-1), w)
        os.close(r)
        os.close(w)
        with self.assertRaises(OSError):
            signal.set_wakeup_fd(w)

    def test_handler_of_start(self):
        self.assertIs(signal.getsignal(signal.SIGINT), signal.default_int_handler)
        self.assertEqual(signal.getsignal(signal.SIGPIPE), signal.SIG_IGN)
        self.assertEqual(signal.getsignal(signal.SIGALRM), signal.SIG_DFL)


@unittest.skipUnless(hasattr(os, "forkpty"), "needs os.forkpty")
class Prompt(unittest.TestCase):
    def test_goes_on(self):
        pid, terminal = os.forkpty()
        if pid == 0:
            os.execv(sys.executable, [sys.executable, "-q"])
        self.addCleanup(os.close, terminal)
        seen = b""
        try:
            # What comes before the prompt is there is lost to the change of the terminal's mode.
            for wait, then in ((b">>> ", b"\x03"), (b"KeyboardInterrupt\r\n>>> ", b"import sys\n"),
                               (b"import sys\r\n>>> ", b"sys.exit(6)\n"), (None, b"")):
                while wait is None or wait not in seen:
                    seen += os.read(terminal, 1000)
                os.write(terminal, then)
        except OSError:
            pass
        self.assertEqual(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), 6, seen)


if __name__ == "__main__":
    unittest.main()
