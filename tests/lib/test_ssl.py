"""The native half of ssl: handshakes between threads, timeouts, callbacks, what is opened when."""
import gc
import os
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import unittest
import weakref

import _ssl
import ssl
from test import support

HERE = os.path.dirname(os.path.dirname(support.__file__))
CERTIFICATE = os.path.join(HERE, "keycert3.pem")
AUTHORITY = os.path.join(HERE, "pycacert.pem")
LOCKED = os.path.join(HERE, "keycert.passwd.pem")


def message(function, *args, **kwargs):
    try:
        function(*args, **kwargs)
    except Exception as e:
        return f"{type(e).__name__}: {e}"
    return "nothing was raised"


def contexts():
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(CERTIFICATE)
    client = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    client.load_verify_locations(AUTHORITY)
    return client, server


class Pair:
    """Two ends of a connection over a pair of sockets, the server's in a thread of its own."""

    def __init__(self, client=None, server=None, name="localhost", timeout=20, **kwargs):
        self.contexts = own = contexts()
        self.client_context, self.server_context = client or own[0], server or own[1]
        a, b = socket.socketpair()
        a.settimeout(timeout)
        b.settimeout(timeout)
        self.failure = None
        self.server = self.server_context.wrap_socket(b, server_side=True, do_handshake_on_connect=False)
        thread = threading.Thread(target=self.accept)
        thread.start()
        try:
            self.client = self.client_context.wrap_socket(a, server_hostname=name, **kwargs)
        except BaseException:
            a.close()
            raise
        finally:
            thread.join()

    def accept(self):
        try:
            self.server.do_handshake()
        except OSError as e:
            self.failure = e

    def __enter__(self):
        return self

    def __exit__(self, *args):
        self.client.close()
        self.server.close()


class InMemory:
    """Two ends over memory BIOs, in one thread."""

    def __init__(self, client, server, name="localhost", session=None):
        a, b = _ssl.MemoryBIO(), _ssl.MemoryBIO()
        self.client = client.wrap_bio(a, b, server_hostname=name, session=session)
        self.server = server.wrap_bio(b, a, server_side=True)

    def shake(self):
        waiting = [self.client, self.server]
        while waiting:
            for end in list(waiting):
                try:
                    end.do_handshake()
                    waiting.remove(end)
                except ssl.SSLWantReadError:
                    pass
        return self


class Connections(unittest.TestCase):
    def test_bytes_go_both_ways(self):
        with Pair() as p:
            self.assertEqual(p.client.version(), "TLSv1.3")
            p.client.sendall(b"question")
            self.assertEqual(p.server.recv(100), b"question")
            p.server.sendall(b"answer")
            room = bytearray(3)
            self.assertEqual(p.client.recv_into(room), 3)
            self.assertEqual((bytes(room), p.client.pending()), (b"ans", 3))
            self.assertEqual(p.client.getpeercert()["subject"][-1], (("commonName", "localhost"),))
            self.assertIsNone(p.server.getpeercert())

    def test_one_thread_reads_while_another_writes(self):
        size = 1 << 20
        with Pair(timeout=None) as p:
            got = []

            def echo():
                left = size
                while left:
                    data = p.server.recv(30000)
                    p.server.sendall(data)
                    left -= len(data)

            def read():
                left = size
                while left:
                    got.append(p.client.recv(30000))
                    left -= len(got[-1])

            threads = [threading.Thread(target=f) for f in (echo, read)]
            for thread in threads:
                thread.start()
            time.sleep(0.05)        # the reader waits: it must not keep the connection to itself
            data = os.urandom(size)
            p.client.sendall(data)
            for thread in threads:
                thread.join()
            self.assertEqual(b"".join(got), data)

    def test_times_end(self):
        with Pair() as p:
            p.client.settimeout(0.05)
            self.assertEqual(message(p.client.recv, 1), "TimeoutError: The read operation timed out")
            p.client.settimeout(0)
            self.assertRaises(ssl.SSLWantReadError, p.client.recv, 1)
            p.client.settimeout(0.05)
            with self.assertRaises(TimeoutError) as caught:
                while True:
                    p.client.sendall(bytes(1 << 16))
            self.assertEqual(str(caught.exception), "The write operation timed out")
        a, b = socket.socketpair()
        with a, b:
            a.settimeout(0.05)
            self.assertRegex(message(contexts()[0].wrap_socket, a, server_hostname="localhost"),
                             "TimeoutError: .*The handshake operation timed out")

    def test_a_handler_of_a_signal_ends_a_wait(self):
        def handler(*args):
            raise InterruptedError("it rings")

        old = signal.signal(signal.SIGALRM, handler)
        try:
            with Pair(timeout=None) as p:
                signal.setitimer(signal.ITIMER_REAL, 0.05)
                self.assertEqual(message(p.client.recv, 1), "InterruptedError: it rings")
        finally:
            signal.signal(signal.SIGALRM, old)

    def test_the_end(self):
        with Pair() as p:
            thread = threading.Thread(target=p.server.unwrap)
            thread.start()
            self.assertEqual(p.client.recv(1), b"")
            plain = p.client.unwrap()
            thread.join()
            plain.sendall(b"in the clear")
            plain.close()

    def test_the_end_without_notice(self):
        with Pair() as p:
            p.server.close()
            self.assertEqual(p.client.recv(1), b"")

    def test_a_certificate_is_refused(self):
        strict = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        with self.assertRaises(ssl.SSLCertVerificationError) as caught:
            Pair(client=strict)
        e = caught.exception
        self.assertEqual((e.errno, e.library, e.reason, e.verify_code),
                         (1, "SSL", "CERTIFICATE_VERIFY_FAILED", 20))
        self.assertRegex(str(e), r"\[SSL: CERTIFICATE_VERIFY_FAILED\] certificate verify failed: "
                                 r"unable to get local issuer certificate \(_ssl.c:\d+\)")
        with self.assertRaises(ssl.SSLCertVerificationError) as caught:
            Pair(name="elsewhere")
        self.assertEqual(caught.exception.verify_message,
                         "Hostname mismatch, certificate is not valid for 'elsewhere'.")

    def test_the_socket_goes(self):
        with Pair() as p:
            inner = p.client._sslobj
            p.client.detach()
            if sys.implementation.name == "ounce":
                self.assertRaisesRegex(ssl.SSLError, "Underlying socket", inner.read, 1)


class Callbacks(unittest.TestCase):
    def test_a_server_exchanges_the_context(self):
        client, server = contexts()
        other = contexts()[1]
        other.set_alpn_protocols(["late"])
        seen = []

        def choose(end, name, context):
            seen.append((name, context is server, end.server_side))
            end.context = other

        server.sni_callback = choose
        pair = InMemory(client, server).shake()
        self.assertEqual(seen, [("localhost", True, True)])
        self.assertIs(pair.server.context, other)

    def test_a_server_refuses_the_name(self):
        client, server = contexts()
        server.sni_callback = lambda *args: ssl.ALERT_DESCRIPTION_ACCESS_DENIED
        with self.assertRaises(ssl.SSLError):
            InMemory(client, server).shake()

    def test_a_callback_raises(self):
        client, server = contexts()

        def bad(*args):
            raise KeyError("of the callback")

        client._msg_callback = bad
        with self.assertRaises(KeyError):
            InMemory(client, server).shake()

    def test_a_callback_reads(self):
        client, server = contexts()
        said = []
        server.sni_callback = lambda end, name, context: said.append(message(end.read, 1))
        InMemory(client, server).shake()
        if sys.implementation.name == "ounce":
            self.assertEqual(said, ["RuntimeError: reentrant call inside a callback of this connection"])

    def test_protocols(self):
        client, server = contexts()
        server.set_alpn_protocols(["h2", "http/1.1"])
        client.set_alpn_protocols(["http/1.1", "h2"])
        pair = InMemory(client, server).shake()
        self.assertEqual(pair.client.selected_alpn_protocol(), "h2")

    def test_passwords(self):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(LOCKED, password=lambda: b"somepass")
        self.assertEqual(message(context.load_cert_chain, LOCKED, password=lambda: 1 / 0),
                         "ZeroDivisionError: division by zero")
        self.assertEqual(message(context.load_cert_chain, LOCKED, password=lambda: 5),
                         "TypeError: password callback must return a string")

    def test_secrets_are_written(self):
        client, server = contexts()
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "keys")
            client.keylog_filename = path
            InMemory(client, server).shake()
            with open(path) as file:
                lines = file.read().splitlines()
            self.assertEqual(lines[0], "# TLS secrets log file, generated by OpenSSL / Python")
            self.assertGreater(len(lines), 3)
            client.keylog_filename = None


class Sessions(unittest.TestCase):
    def test_a_session_goes_on(self):
        client, server = contexts()
        client.maximum_version = ssl.TLSVersion.TLSv1_2
        session = InMemory(client, server).shake().client.session
        self.assertIsInstance(session, ssl.SSLSession)
        again = InMemory(client, server, session=session).shake()
        self.assertTrue(again.client.session_reused)
        self.assertEqual(again.client.get_channel_binding(), again.server.get_channel_binding())
        self.assertEqual(message(InMemory, contexts()[0], server, session=session),
                         "ValueError: Session refers to a different SSLContext.")


class Lives(unittest.TestCase):
    def test_a_cycle_through_a_callback_goes(self):
        client, server = contexts()
        pair = InMemory(client, server).shake()
        server.sni_callback = lambda *args: pair
        kept = weakref.ref(pair)
        del pair, server
        gc.collect()
        self.assertIsNone(kept())

    def test_ciphers_change_while_others_use_them(self):
        client, server = contexts()
        stop = []

        def connect():
            while not stop:
                InMemory(client, server).shake()

        threads = [threading.Thread(target=connect) for _ in range(3)]
        for thread in threads:
            thread.start()
        for _ in range(30):
            server.set_ciphers("ALL")
            server.load_cert_chain(CERTIFICATE)
            server.get_ciphers()
        stop.append(True)
        for thread in threads:
            thread.join()

    def test_one_connection_for_many_threads(self):
        client, server = contexts()
        pair = InMemory(client, server).shake()

        def use():
            for _ in range(100):
                try:
                    pair.client.write(b"x" * 100)
                    pair.server.read(50)
                    pair.client.cipher(), pair.server.getpeercert(), pair.client.session
                except ssl.SSLWantReadError:
                    pass

        threads = [threading.Thread(target=use) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    def test_libssl_is_opened_on_import(self):
        program = ("import socket, hashlib, sys\n"
                   "there = lambda: 'libssl' in open('/proc/self/maps').read()\n"
                   "print(there(), end=' ')\nimport ssl\nprint(there())\n")
        done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
        if sys.implementation.name == "ounce":
            self.assertEqual(done.stdout, "False True\n")


if __name__ == "__main__":
    unittest.main()
