# SPDX-License-Identifier: MIT
"""_socket on one thread: addresses, timeouts, messages, names, errors."""
import array
import os
import signal
import socket
import struct
import time
import unittest

import _socket


def connected():
    with socket.create_server(("127.0.0.1", 0)) as server:
        client = socket.create_connection(server.getsockname())
        return client, server.accept()[0]


class Life(unittest.TestCase):
    def test_attributes_and_repr(self):
        with socket.socket() as s:
            self.assertEqual((s.family, s.type, s.proto, s.timeout), (socket.AF_INET, socket.SOCK_STREAM, 0, None))
            self.assertFalse(os.get_inheritable(s.fileno()))
        raw = _socket.socket(socket.AF_INET, socket.SOCK_DGRAM | socket.SOCK_NONBLOCK)
        self.assertEqual((raw.type, raw.timeout), (socket.SOCK_DGRAM, 0.0))
        fd = raw.detach()
        self.assertEqual(repr(raw), "<socket object, fd=-1, family=2, type=2, proto=0>")
        again = _socket.socket(fileno=fd)
        self.assertEqual((again.family, again.type), (socket.AF_INET, socket.SOCK_DGRAM))
        again.close()
        again.close()
        self.assertEqual(again.fileno(), -1)

    def test_bad_descriptors(self):
        self.assertRaisesRegex(ValueError, "negative file descriptor", _socket.socket, fileno=-1)
        self.assertRaises(OSError, _socket.socket, fileno=54321)
        with open(os.devnull) as file:
            self.assertRaises(OSError, _socket.socket, fileno=file.fileno())

    def test_a_socket_that_dies_open_warns_and_closes(self):
        s = _socket.socket()
        fd = s.fileno()
        with self.assertWarns(ResourceWarning):
            del s
        self.assertRaises(OSError, os.fstat, fd)

    def test_default_timeout(self):
        self.assertIsNone(socket.getdefaulttimeout())
        socket.setdefaulttimeout(2.5)
        try:
            with socket.socket() as s:
                self.assertEqual(s.gettimeout(), 2.5)
        finally:
            socket.setdefaulttimeout(None)
        self.assertRaisesRegex(ValueError, "Timeout value out of range", socket.setdefaulttimeout, -1)


class Stream(unittest.TestCase):
    def setUp(self):
        self.a, self.b = connected()
        self.addCleanup(self.a.close)
        self.addCleanup(self.b.close)

    def test_there_and_back(self):
        self.a.sendall(b"hello")
        self.assertEqual(self.b.recv(10), b"hello")
        buffer = bytearray(10)
        self.b.send(b"abc")
        self.assertEqual((self.a.recv_into(buffer, 2), self.a.recv_into(buffer)), (2, 1))
        self.assertEqual(self.a.getpeername(), self.b.getsockname())
        self.b.shutdown(socket.SHUT_WR)
        self.assertEqual(self.a.recv(10), b"")

    def test_timeouts(self):
        self.a.settimeout(0.03)
        start = time.monotonic()
        self.assertRaisesRegex(TimeoutError, "^timed out$", self.a.recv, 1)
        self.assertGreaterEqual(time.monotonic() - start, 0.029)
        self.a.setblocking(False)
        self.assertRaises(BlockingIOError, self.a.recv, 1)
        self.a.settimeout(0.05)
        self.assertRaises(TimeoutError, self.a.sendall, bytes(1 << 26))

    def test_interrupted_calls_go_on(self):
        hits = []
        old = signal.signal(signal.SIGALRM, lambda *args: hits.append(self.b.send(b"x")))
        self.addCleanup(signal.signal, signal.SIGALRM, old)
        for timeout in (None, 5):
            self.a.settimeout(timeout)
            signal.setitimer(signal.ITIMER_REAL, 0.02)
            self.assertEqual(self.a.recv(1), b"x")
        self.assertEqual(hits, [1, 1])

    def test_handler_that_raises_ends_the_call(self):
        def handler(*args):
            raise ZeroDivisionError
        old = signal.signal(signal.SIGALRM, handler)
        self.addCleanup(signal.signal, signal.SIGALRM, old)
        signal.setitimer(signal.ITIMER_REAL, 0.02)
        self.assertRaises(ZeroDivisionError, self.a.recv, 1)

    def test_options(self):
        self.a.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.assertEqual(self.a.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY), 1)
        linger = struct.pack("ii", 1, 2)
        self.a.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
        self.assertEqual(self.a.getsockopt(socket.SOL_SOCKET, socket.SO_LINGER, 8), linger)
        self.assertRaises(OSError, self.a.getsockopt, 1, 1, 5000)

        class Closing:
            def __index__(index):
                self.a.close()
                return 1

        with self.assertRaisesRegex(OSError, "Bad file descriptor"):
            self.a.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, Closing())

    def test_makefile(self):
        with self.a.makefile("rw") as file:
            file.write("line\n")
            file.flush()
            self.assertEqual(self.b.recv(10), b"line\n")

    def test_sizes(self):
        for call, args, text in [
            (self.a.recv, (-1,), "negative buffersize in recv"),
            (self.a.recvfrom, (-1,), "negative buffersize in recvfrom"),
            (self.a.recv_into, (bytearray(2), 5), "buffer too small for requested bytes"),
            (self.a.recvfrom_into, (bytearray(2), 5), "nbytes is greater than the length of the buffer"),
            (self.a.recvmsg, (-1,), r"negative buffer size in recvmsg\(\)"),
            (self.a.recvmsg, (5, -1), "invalid ancillary data buffer length"),
        ]:
            self.assertRaisesRegex(ValueError, "^" + text + "$", call, *args)


class Datagrams(unittest.TestCase):
    def test_addresses(self):
        with socket.socket(type=socket.SOCK_DGRAM) as a, socket.socket(type=socket.SOCK_DGRAM) as b:
            a.bind(("127.0.0.1", 0))
            b.bind(("", 0))
            self.assertEqual(a.sendto(b"x", 0, ("127.0.0.1", b.getsockname()[1])), 1)
            self.assertEqual(b.recvfrom(5), (b"x", a.getsockname()))
            self.assertRaisesRegex(TypeError, r"sendto\(\) takes 2 or 3 arguments \(1 given\)", a.sendto, b"x")

    def test_unix_paths_and_abstract_names(self):
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as a, socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as b:
            name = b"\0ounce-test-%d" % os.getpid()
            a.bind(name)
            self.assertEqual(a.getsockname(), name)
            self.assertEqual(b.getsockname(), "")
            b.sendto(b"hi", name)
            self.assertEqual(a.recvfrom(9), (b"hi", None))
            self.assertRaisesRegex(OSError, "AF_UNIX path too long", b.bind, "a" * 108)


class Messages(unittest.TestCase):
    def setUp(self):
        self.a, self.b = socket.socketpair()
        self.addCleanup(self.a.close)
        self.addCleanup(self.b.close)

    def test_descriptors(self):
        r, w = os.pipe()
        socket.send_fds(self.a, [b"data"], [w])
        os.close(w)
        data, fds, flags, address = socket.recv_fds(self.b, 100, 3)
        self.assertEqual(data, b"data")
        os.write(fds[0], b"through")
        os.close(fds[0])
        self.assertEqual(os.read(r, 10), b"through")
        os.close(r)

    def test_many_buffers(self):
        self.assertEqual(self.a.sendmsg([b"ab", bytearray(b"cd"), array.array("b", b"ef")]), 6)
        parts = bytearray(4), bytearray(4)
        self.assertEqual(self.b.recvmsg_into(parts)[:2], (6, []))
        self.assertEqual(parts, (b"abcd", b"ef\0\0"))

    def test_arguments(self):
        for args, text in [
            ((5,), r"sendmsg\(\) argument 1 must be an iterable"),
            (([b""], 5), r"sendmsg\(\) argument 2 must be an iterable"),
            (([b""], [5]), r"\[sendmsg\(\) ancillary data items\]\(\) argument must be 3-item sequence, not int"),
            (([b""], [(1, 2)]), r"\[sendmsg\(\) ancillary data items\]\(\) argument must be sequence of length 3, not 2"),
        ]:
            self.assertRaisesRegex(TypeError, "^" + text + "$", self.a.sendmsg, *args)


class Names(unittest.TestCase):
    def test_numeric(self):
        self.assertEqual(socket.gethostbyname("127.0.0.1"), "127.0.0.1")
        self.assertEqual(socket.getaddrinfo("127.0.0.1", 80, type=socket.SOCK_STREAM),
                         [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", 80))])
        self.assertEqual(socket.getnameinfo(("::1", 80, 0, 0), socket.NI_NUMERICHOST | socket.NI_NUMERICSERV), ("::1", "80"))
        self.assertEqual(socket.inet_ntop(socket.AF_INET6, socket.inet_pton(socket.AF_INET6, "::1")), "::1")
        self.assertEqual(socket.inet_ntoa(socket.inet_aton("1.2.3.4")), "1.2.3.4")

    def test_gaierror(self):
        with self.assertRaises(socket.gaierror) as raised:
            socket.getaddrinfo("127.0.0.1", "no-such-service")
        self.assertEqual(raised.exception.errno, socket.EAI_SERVICE)
        self.assertTrue(issubclass(socket.gaierror, OSError) and issubclass(socket.herror, OSError))
        self.assertIs(socket.timeout, TimeoutError)

    def test_order(self):
        self.assertEqual((socket.htons(1), socket.ntohl(1)), (256, 1 << 24))
        self.assertRaises(OverflowError, socket.htons, -1)
        self.assertRaisesRegex(TypeError, "expected int, str found", socket.htonl, "a")

    def test_interfaces(self):
        for index, name in socket.if_nameindex():
            self.assertEqual((socket.if_nametoindex(name), socket.if_indextoname(index)), (index, name))

    def test_bad_addresses(self):
        with socket.socket() as s, socket.socket(socket.AF_INET6) as six:
            for bind, address, kind, text in [
                (s.bind, 5, TypeError, "bind(): AF_INET address must be tuple, not int"),
                (s.bind, (), TypeError, "AF_INET address must be a pair (host, port)"),
                (s.bind, ("127.0.0.1", 70000), OverflowError, "bind(): port must be 0-65535."),
                (s.bind, (5, 5), TypeError, "str, bytes or bytearray expected, not int"),
                (s.bind, ("a\0b", 5), TypeError, "host name must not contain null character"),
                (s.bind, ("\udc80", 5), TypeError, "encoding of hostname failed"),
                (socket.gethostbyname, "a\0b", TypeError,
                 "gethostbyname() argument 1 must be encoded string without null bytes, not str"),
                (six.bind, ("::1", 1, 2 ** 21), OverflowError, "bind(): flowinfo must be 0-1048575."),
            ]:
                with self.assertRaises(kind) as raised:
                    bind(address)
                self.assertEqual(str(raised.exception), text)


if __name__ == "__main__":
    unittest.main()
