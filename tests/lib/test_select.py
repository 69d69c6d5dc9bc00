# SPDX-License-Identifier: MIT
"""select: what CPython's own tests do not look at."""
import errno
import os
import select
import signal
import time
import unittest


class Pipe(unittest.TestCase):
    def setUp(self):
        self.r, self.w = os.pipe()
        self.addCleanup(os.close, self.r)
        self.addCleanup(os.close, self.w)


class Select(Pipe):
    def test_ready(self):
        self.assertEqual(select.select([self.r], [self.w], [self.w], 0), ([], [self.w], []))
        os.write(self.w, b"x")
        self.assertEqual(select.select((self.r,), (), (), None), ([self.r], [], []))

    def test_arguments(self):
        for args, kind, text in [
            ((5, [], [], 0), TypeError, "arguments 1-3 must be sequences"),
            (([], [], [], "a"), TypeError, "timeout must be a float or None"),
            (([], [], [], -1), ValueError, "timeout must be non-negative"),
            (([], [], [], -1e-12), ValueError, "timeout must be non-negative"),
            (([], [], [], 2 ** 70), OverflowError, "timestamp too large to convert to C _PyTime_t"),
            (([1024], [], [], 0), ValueError, "filedescriptor out of range in select()"),
            (([-1], [], [], 0), ValueError, "file descriptor cannot be a negative integer (-1)"),
            ((["a"], [], [], 0), TypeError, "argument must be an int, or have a fileno() method."),
        ]:
            with self.assertRaises(kind) as raised:
                select.select(*args)
            self.assertEqual(str(raised.exception), text)

    def test_fileno_changes_the_list(self):
        fd = self.w

        class Shrinks:
            def fileno(self):
                del objects[:]
                return fd
        objects = [Shrinks() for _ in range(1000)]
        self.assertEqual(len(select.select([], objects, [], 0)[1]), 1)


class Poll(Pipe):
    def test_order_and_masks(self):
        p = select.poll()
        p.register(self.w, select.POLLOUT)
        p.register(self.r)
        os.write(self.w, b"x")
        self.assertEqual(p.poll(), [(self.w, select.POLLOUT), (self.r, select.POLLIN)])
        p.modify(self.w, 0)
        self.assertEqual(p.poll(-1), [(self.r, select.POLLIN)])
        p.unregister(self.r)
        self.assertEqual(p.poll(5), [])
        with self.assertRaises(KeyError):
            p.unregister(self.r)
        with self.assertRaises(FileNotFoundError):
            p.modify(self.r, 1)

    def test_masks_are_unsigned_shorts(self):
        p = select.poll()
        for mask, kind in ((-1, ValueError), (1 << 16, OverflowError), (1 << 70, OverflowError), ("a", TypeError)):
            self.assertRaises(kind, p.register, self.r, mask)

    def test_timeout_too_large(self):
        self.assertRaises(OverflowError, select.poll().poll, 1 << 40)

    def test_not_within_itself(self):
        p = select.poll()
        raised = []

        def handler(*args):
            try:
                p.poll(0)
            except RuntimeError as e:
                raised.append(str(e))
        old = signal.signal(signal.SIGALRM, handler)
        self.addCleanup(signal.signal, signal.SIGALRM, old)
        signal.setitimer(signal.ITIMER_REAL, 0.02)
        self.assertEqual(p.poll(60), [])
        self.assertEqual(raised, ["concurrent poll() invocation"])


class Epoll(Pipe):
    def test_life(self):
        with select.epoll() as e:
            e.register(self.w, select.EPOLLOUT)
            self.assertEqual(e.poll(), [(self.w, select.EPOLLOUT)])
            with self.assertRaises(FileExistsError):
                e.register(self.w)
            e.modify(self.w, 0)
            self.assertEqual(e.poll(0), [])
            e.unregister(self.w)
            fd = e.fileno()
        self.assertTrue(e.closed)
        for call in (e.fileno, e.poll, e.__enter__):
            with self.assertRaises(ValueError):
                call()
        with self.assertRaises(OSError) as raised:
            os.fstat(fd)
        self.assertEqual(raised.exception.errno, errno.EBADF)

    def test_an_epoll_that_dies_closes(self):
        fd = select.epoll().fileno()
        self.assertRaises(OSError, os.fstat, fd)

    def test_arguments(self):
        for arguments in ((0,), (-2,), (1, 7)):
            self.assertRaises((ValueError, OSError), select.epoll, *arguments)
        with select.epoll() as e:
            self.assertRaises(ValueError, e.poll, 0, 0)


class Interrupted(Pipe):
    def test_goes_on_after_a_handler(self):
        seen = []
        old = signal.signal(signal.SIGALRM, lambda *args: seen.append(1))
        self.addCleanup(signal.signal, signal.SIGALRM, old)
        poll, epoll = select.poll(), select.epoll()
        self.addCleanup(epoll.close)
        for wait in (lambda: select.select([self.r], [], [], 0.06), lambda: poll.poll(60), lambda: epoll.poll(0.06)):
            signal.setitimer(signal.ITIMER_REAL, 0.02)
            start = time.monotonic()
            wait()
            self.assertGreaterEqual(time.monotonic() - start, 0.055)
        self.assertEqual(seen, [1, 1, 1])

    def test_handler_raises(self):
        def handler(*args):
            raise ZeroDivisionError
        old = signal.signal(signal.SIGALRM, handler)
        self.addCleanup(signal.signal, signal.SIGALRM, old)
        signal.setitimer(signal.ITIMER_REAL, 0.02)
        self.assertRaises(ZeroDivisionError, select.select, [self.r], [], [], 5)


if __name__ == "__main__":
    unittest.main()
