# SPDX-License-Identifier: MIT
"""fcntl, pwd, grp, spwd, crypt, syslog, resource and termios: what CPython's own tests do not look at."""
import fcntl
import grp
import os
import pwd
import resource
import struct
import sys
import syslog
import termios
import tty
import unittest
import warnings

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    import crypt
    import spwd


class Raises(unittest.TestCase):
    def raises(self, kind, text, call, *args):
        with self.assertRaises(kind) as raised:
            call(*args)
        self.assertEqual(str(raised.exception), text)


class Fcntl(Raises):
    def setUp(self):
        self.r, self.w = os.pipe()
        self.addCleanup(os.close, self.r)
        self.addCleanup(os.close, self.w)

    def test_flags(self):
        self.assertEqual(fcntl.fcntl(self.r, fcntl.F_GETFD), fcntl.FD_CLOEXEC)
        fcntl.fcntl(self.r, fcntl.F_SETFL, os.O_NONBLOCK)
        self.assertFalse(os.get_blocking(self.r))

    def test_structures(self):
        with open(os.devnull, "w") as file:
            lock = struct.pack("hhqqi4x", fcntl.F_WRLCK, 0, 0, 0, 0)
            self.assertEqual(len(fcntl.fcntl(file, fcntl.F_GETLK, lock)), len(lock))
        self.raises(ValueError, "fcntl string arg too long", fcntl.fcntl, self.r, fcntl.F_GETLK, bytes(1025))

    def test_ioctl(self):
        os.write(self.w, b"abc")
        three = struct.pack("i", 3)
        self.assertEqual(fcntl.ioctl(self.r, termios.FIONREAD, bytes(4)), three)
        for size in 4, 2000:
            buffer = bytearray(size)
            self.assertEqual(fcntl.ioctl(self.r, termios.FIONREAD, buffer), 0)
            self.assertEqual(buffer[:4], three)
        self.assertEqual(fcntl.ioctl(self.r, termios.FIONREAD, bytearray(4), False), three)

    def test_locks(self):
        with open(os.devnull) as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            fcntl.flock(file, fcntl.LOCK_UN)
            self.raises(ValueError, "unrecognized lockf argument", fcntl.lockf, file, 0)

    def test_arguments(self):
        self.raises(TypeError, "argument must be an int, or have a fileno() method.", fcntl.fcntl, "a", 1)
        self.raises(ValueError, "file descriptor cannot be a negative integer (-1)", fcntl.fcntl, -1, 1)
        self.raises(TypeError, "'float' object cannot be interpreted as an integer", fcntl.fcntl, self.r, 1, 1.5)


class Users(Raises):
    def test_entries(self):
        root = pwd.getpwuid(0)
        self.assertEqual(root, pwd.getpwnam(root.pw_name))
        self.assertIn(root, pwd.getpwall())
        group = grp.getgrgid(id=0)
        self.assertEqual(group, grp.getgrnam(name=group.gr_name))
        self.assertIn(group, grp.getgrall())

    def test_unknown(self):
        self.raises(KeyError, "'getpwuid(): uid not found: -1'", pwd.getpwuid, -1)
        self.raises(KeyError, "'getpwuid(): uid not found'", pwd.getpwuid, 2 ** 70)
        self.raises(KeyError, '"getpwnam(): name not found: \'no such\'"', pwd.getpwnam, "no such")
        self.raises(KeyError, "'getgrgid(): gid not found: -1'", grp.getgrgid, -1)
        self.raises(OverflowError, "gid is less than minimum", grp.getgrgid, 2 ** 40)
        self.raises(OverflowError, "gid is greater than maximum", grp.getgrgid, 2 ** 70)
        self.raises(ValueError, "embedded null byte", pwd.getpwnam, "a\0")


class Resource(Raises):
    def test_limits(self):
        now, most = resource.getrlimit(resource.RLIMIT_CORE)
        resource.setrlimit(resource.RLIMIT_CORE, [0, most])
        self.assertEqual(resource.prlimit(0, resource.RLIMIT_CORE, (now, most)), (0, most))
        self.assertEqual(resource.getrlimit(resource.RLIMIT_CORE), (now, most))

    def test_arguments(self):
        self.raises(ValueError, "invalid resource specified", resource.getrlimit, 99)
        self.raises(ValueError, "expected a tuple of 2 integers", resource.setrlimit, 7, (1,))
        self.raises(ValueError, "current limit exceeds maximum limit", resource.setrlimit, 7, (10, 5))
        self.raises(ValueError, "invalid who parameter", resource.getrusage, 5)
        self.raises(TypeError, "resource.prlimit requires 2 to 3 arguments", resource.prlimit, 0)

    def test_what_hooks_are_told(self):
        seen, on = [], [True]
        sys.addaudithook(lambda name, values: on and name == "resource.prlimit" and seen.append(values))
        limits = resource.prlimit(0, resource.RLIMIT_CORE)
        resource.prlimit(0, resource.RLIMIT_CORE, limits)
        on.clear()
        self.assertEqual(seen, [(0, resource.RLIMIT_CORE, None), (0, resource.RLIMIT_CORE, limits)])

    def test_one_class(self):
        self.assertIs(type(os.wait4(os.spawnlp(os.P_NOWAIT, "true", "true"), 0)[2]), resource.struct_rusage)
        self.assertGreater(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, 0)


class Counter(Raises):
    def test_start(self):
        fd = os.eventfd(2 ** 32 - 1)
        try:
            self.assertEqual(os.eventfd_read(fd), 2 ** 32 - 1)
        finally:
            os.close(fd)
        for start, kind, text in [
            (-1, ValueError, "value must be positive"),
            (2 ** 32, OverflowError, "Python int too large for C unsigned int"),
            (2 ** 64, OverflowError, "Python int too large to convert to C unsigned long"),
            (1.5, TypeError, "an integer is required"),
        ]:
            with self.assertRaises(kind) as raised:
                os.eventfd(start)
            self.assertEqual(str(raised.exception), text)


class Terminal(Raises):
    def setUp(self):
        self.master, self.fd = os.openpty()
        self.addCleanup(os.close, self.master)
        self.addCleanup(os.close, self.fd)

    def test_attributes(self):
        mode = termios.tcgetattr(self.fd)
        self.assertEqual([type(each) for each in mode], [int] * 6 + [list])
        self.assertIsInstance(mode[6][termios.VMIN], bytes)
        tty.setraw(self.fd)
        raw = termios.tcgetattr(self.fd)
        self.assertEqual((raw[3] & termios.ICANON, raw[6][termios.VMIN]), (0, 1))
        termios.tcsetattr(self.fd, termios.TCSANOW, mode)
        self.assertEqual(termios.tcgetattr(self.fd), mode)

    def test_wrong_attributes(self):
        mode = termios.tcgetattr(self.fd)
        call = lambda attributes: termios.tcsetattr(self.fd, 0, attributes)
        self.raises(TypeError, "tcsetattr, arg 3: must be 7 element list", call, tuple(mode))
        self.raises(TypeError, "tcsetattr: attributes[6] must be 32 element list", call, mode[:6] + [[1]])
        self.raises(TypeError, "tcsetattr: elements of attributes must be characters or integers", call,
                    mode[:6] + [[b"aa"] * 32])

    def test_window(self):
        termios.tcsetwinsize(self.fd, (5, 6))
        self.assertEqual(termios.tcgetwinsize(self.fd), (5, 6))
        self.raises(OverflowError, "winsize value(s) out of range.", termios.tcsetwinsize, self.fd, (-1, 1))
        self.raises(TypeError, "tcsetwinsize, arg 2: must be a two-item sequence", termios.tcsetwinsize, self.fd, 5)

    def test_error(self):
        r, w = os.pipe()
        with self.assertRaises(termios.error) as raised:
            termios.tcgetattr(r)
        os.close(r)
        os.close(w)
        self.assertEqual(raised.exception.args, (25, "Inappropriate ioctl for device"))


class Passwords(Raises):
    def test_hashes(self):
        self.assertEqual(crypt.crypt("a", "ab"), "abxxB7HlIeckU")
        self.assertEqual(crypt.crypt("\xe9", "$1$ab"), "$1$ab$kuyLB4415RWAZZY//XwtR.")
        self.assertEqual(crypt.crypt("a", "$99$x"), "*0")
        self.raises(TypeError, "crypt() argument 1 must be str, not bytes", crypt.crypt, b"a", "ab")
        self.raises(ValueError, "embedded null character", crypt.crypt, "a\0", "ab")

    def test_entries(self):
        self.raises(TypeError, "getspnam() argument must be str, not None", spwd.getspnam, None)
        self.raises(ValueError, "embedded null byte", spwd.getspnam, "a\0b")
        for entry in spwd.getspall():
            self.assertEqual(entry, tuple(entry))
            self.assertEqual((len(entry), entry.sp_nam, entry.sp_pwd), (9, entry[0], entry[1]))
            self.assertEqual(spwd.getspnam(entry.sp_namp).sp_namp, entry.sp_namp)
        self.assertIn(spwd.struct_spwd.n_fields, {11})


class Log(Raises):
    def test_arguments(self):
        for wrong in (), (1,), (1, 2), ("x", "y"), (1 << 40, "x"), (1.5, "x"), (1, "x", 2):
            self.raises(TypeError, "[priority,] message string", syslog.syslog, *wrong)
        self.raises(TypeError, "openlog() argument 1 must be str, not None", syslog.openlog, None)
        self.raises(TypeError, "mask for priority", syslog.setlogmask)
        self.raises(TypeError, "LOG_MASK() takes exactly 1 argument (2 given)", syslog.LOG_MASK, 1, 2)

    def test_masks(self):
        self.assertEqual([syslog.LOG_MASK(3), syslog.LOG_MASK(-1)], [8, -2 ** 31])
        self.assertEqual([syslog.LOG_UPTO(3), syslog.LOG_UPTO(31)], [15, 0])
        before = syslog.setlogmask(15)
        self.assertEqual(syslog.setlogmask(before), 15)

    def test_events(self):
        seen, on = [], True
        sys.addaudithook(lambda name, values: on and name.startswith("syslog.") and seen.append((name, values)))
        old, sys.argv = sys.argv, ["/folder/name"]
        try:
            syslog.syslog("one")
            syslog.openlog(logoption=syslog.LOG_PID)
            sys.argv = []
            syslog.closelog()
            syslog.syslog(syslog.LOG_DEBUG, "two")
        finally:
            sys.argv, on = old, False
        self.assertEqual(seen, [("syslog.syslog", (6, "one")), ("syslog.openlog", ("name", 0, 8)),
                                ("syslog.openlog", ("name", 1, 8)), ("syslog.closelog", ()),
                                ("syslog.syslog", (7, "two")), ("syslog.openlog", (None, 0, 8))])


if __name__ == "__main__":
    unittest.main()
