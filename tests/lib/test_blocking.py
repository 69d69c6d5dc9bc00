# SPDX-License-Identifier: MIT
"""What waits in the system, or for a lock in an object, lets other threads run; and two threads on one object."""
import _queue
import _sha3
import binascii
import bz2
import hashlib
import hmac
import io
import lzma
import os
import random
import select
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import unittest
import zlib


class Ready(unittest.TestCase):
    def run_beside(self, wait, wake):
        """wait() on a thread; wake() here, once it waits, which is possible only if it is detached."""
        result = []
        thread = threading.Thread(target=lambda: result.append(wait()), daemon=True)
        thread.start()
        time.sleep(0.05)
        self.assertTrue(thread.is_alive())
        wake()
        thread.join(20)
        self.assertFalse(thread.is_alive())
        return result[0]


class Waiting(Ready):
    def setUp(self):
        self.reader, self.writer = os.pipe()
        self.addCleanup(os.close, self.reader)
        self.addCleanup(os.close, self.writer)

    def wake(self):
        os.write(self.writer, b"x\n")

    def pair(self):
        a, b = socket.socketpair()
        self.addCleanup(a.close)
        self.addCleanup(b.close)
        return a, b

    def test_files(self):
        self.assertEqual(self.run_beside(lambda: os.read(self.reader, 5), self.wake), b"x\n")
        for mode, buffering, line in ("rb", 0, b"x\n"), ("rb", -1, b"x\n"), ("r", -1, "x\n"):
            with self.subTest(mode=mode, buffering=buffering), \
                    open(self.reader, mode, buffering, closefd=False) as file:
                self.assertEqual(self.run_beside(file.readline, self.wake), line)

    def test_writing(self):
        data = b"x" * 1000000
        with open(self.writer, "wb", 0, closefd=False) as file:
            def drain():
                left = len(data)
                while left:
                    left -= len(os.read(self.reader, left))
            self.assertEqual(self.run_beside(lambda: file.write(data), drain), len(data))

    def test_opening(self):
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "fifo")
            os.mkfifo(path)
            self.run_beside(lambda: open(path).close(), lambda: open(path, "w").close())

    def test_select(self):
        def poll():
            poller = select.poll()
            poller.register(self.reader, select.POLLIN)
            return poller.poll()

        def epoll():
            with select.epoll() as poller:
                poller.register(self.reader, select.EPOLLIN)
                return poller.poll()
        for wait, answer in ((lambda: select.select([self.reader], [], []), ([self.reader], [], [])),
                             (poll, [(self.reader, select.POLLIN)]), (epoll, [(self.reader, select.EPOLLIN)])):
            self.assertEqual(self.run_beside(wait, self.wake), answer)
            os.read(self.reader, 2)

    def test_sockets(self):
        room = bytearray(10)
        for timeout in None, 10:
            for receive, got in ((lambda a: a.recv(5), b"hello"), (lambda a: a.recv_into(room), 5),
                                 (lambda a: a.recvmsg(5)[0], b"hello"), (lambda a: a.recvfrom(5)[0], b"hello")):
                a, b = self.pair()
                a.settimeout(timeout)
                self.assertEqual(self.run_beside(lambda: receive(a), lambda: b.send(b"hello")), got)
        self.assertEqual(room[:5], b"hello")

    def test_a_buffer_stays(self):
        a, b = self.pair()
        room = bytearray(10)

        def wake():
            with self.assertRaises(BufferError):
                room.extend(b"more")
            b.send(b"hello")
        self.run_beside(lambda: a.recv_into(room), wake)
        room.extend(b"more")

    def test_accept_and_connect(self):
        with socket.create_server(("127.0.0.1", 0)) as server:
            def connect():
                socket.create_connection(server.getsockname()).close()
            self.run_beside(server.accept, connect)[0].close()

    def test_children(self):
        child = subprocess.Popen(["cat"], stdin=subprocess.PIPE)
        self.run_beside(lambda: os.waitpid(child.pid, 0), child.stdin.close)
        child.wait()
        os.set_inheritable(self.reader, True)
        self.run_beside(lambda: os.system(f"head -c1 <&{self.reader} >/dev/null"), self.wake)

    def test_locks_on_files(self):
        import fcntl
        with tempfile.NamedTemporaryFile() as first, open(first.name) as second:
            fcntl.flock(first, fcntl.LOCK_EX)
            self.run_beside(lambda: fcntl.flock(second, fcntl.LOCK_EX), lambda: fcntl.flock(first, fcntl.LOCK_UN))

    def test_names(self):
        self.assertTrue(socket.getaddrinfo("127.0.0.1", 80))
        results = []
        threads = [threading.Thread(target=lambda: results.append(socket.getaddrinfo("localhost", 80)))
                   for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertEqual(len(results), 4)

    def test_a_descriptor_closed_meanwhile(self):
        a, b = self.pair()

        def receive():
            try:
                return a.recv(5)
            except OSError as e:
                return e

        def close():
            a.close()
            b.send(b"hello")
        self.assertEqual(self.run_beside(receive, close), b"hello")


class Buffered(Ready):
    def test_the_second_waits(self):
        reader, writer = os.pipe()
        with open(reader, "rb") as file, open(writer, "wb", 0) as other:
            lines, threads = [], []
            for _ in range(2):
                threads.append(threading.Thread(target=lambda: lines.append(file.read(2)), daemon=True))
                threads[-1].start()
            time.sleep(0.05)
            self.assertEqual(lines, [])
            start = time.process_time()
            time.sleep(0.1)
            self.assertLess(time.process_time() - start, 0.08)  # they sleep
            other.write(b"abcd")
            for thread in threads:
                thread.join(20)
            self.assertEqual(sorted(lines), [b"ab", b"cd"])

    def test_reentrant(self):
        class Raw(io.RawIOBase):
            def writable(self):
                return True

            def write(self, data):
                file.write(b"more")
                return len(data)
        file = io.BufferedWriter(Raw())
        file.write(b"x")
        with self.assertRaisesRegex(RuntimeError, "^reentrant call inside <_io.BufferedWriter>$"):
            file.flush()
        file.raw.write = len
        file.flush()

    def test_closing_waits(self):
        reader, writer = os.pipe()
        file = open(reader, "rb")
        with open(writer, "wb", 0) as other:
            result = []
            threading.Thread(target=lambda: result.append(file.read(1)), daemon=True).start()
            time.sleep(0.05)
            self.run_beside(file.close, lambda: other.write(b"x"))
            self.assertEqual(result, [b"x"])

    @unittest.skipUnless(sys.implementation.name == "ounce", "the child of CPython waits for ever")
    def test_a_lock_that_the_parent_held(self):
        program = """if True:
            import os, sys, threading, time
            reader, writer = os.pipe()
            file = open(reader, "rb")
            threading.Thread(target=file.read, args=(1,), daemon=True).start()
            time.sleep(0.1)
            pid = os.fork()
            if not pid:
                own, writer = os.pipe()
                os.dup2(own, reader)
                os.write(writer, b"34")
                os._exit(file.read(1) != b"3")
            print(os.waitpid(pid, 0)[1])
            os.write(writer, b"12")
        """
        done = subprocess.run([sys.executable, "-c", program], capture_output=True, timeout=60)
        self.assertEqual((done.stdout, done.stderr), (b"0\n", b""))

    def test_two_threads_on_one_file(self):
        before = sys.getswitchinterval()
        self.addCleanup(sys.setswitchinterval, before)
        sys.setswitchinterval(1e-5)
        end = time.monotonic() + 0.5
        room = bytearray(100)
        common = [lambda f, n: f.read(n), lambda f, n: f.readline(), lambda f, n: f.seek(0), lambda f, n: f.tell(),
                  lambda f, n: f.flush(), lambda f, n: f.truncate(n), lambda f, n: f.readlines(n), lambda f, n: next(f)]

        def work(file, calls, seed):
            choose = random.Random(seed)
            while time.monotonic() < end:
                try:
                    choose.choice(calls)(file, choose.randrange(5000))
                except (OSError, ValueError, StopIteration):
                    pass
        for mode, own in (("w+", lambda f, n: f.write("abcé\n" * n)), ("w+b", lambda f, n: f.write(b"abc\n" * n)),
                          ("w+b", lambda f, n: f.readinto(room))):
            with tempfile.TemporaryFile(mode) as file:
                threads = [threading.Thread(target=work, args=(file, [own, *common], n)) for n in range(3)]
                for thread in threads:
                    thread.start()
                for thread in threads:
                    thread.join()


class AtTheEnd(unittest.TestCase):
    def test_a_daemon_that_holds_the_lock(self):
        program = """if True:
            import sys, threading, time
            threading.Thread(target=sys.stdout.buffer.write, args=(b"x" * 10**6,), daemon=True).start()
            time.sleep(0.2)
            sys.stdout.write("y")
            print("end", file=sys.stderr)
        """
        reader, writer = os.pipe()      # which nobody reads
        try:
            done = subprocess.run([sys.executable, "-E", "-c", program], stdout=writer, stderr=subprocess.PIPE, timeout=60)
        finally:
            os.close(reader)
            os.close(writer)
        self.assertIn(b"end\n", done.stderr)
        if sys.implementation.name == "ounce":
            self.assertEqual(done.returncode, 120)
            self.assertIn(b"could not acquire lock for <_io.BufferedWriter name='<stdout>'> at interpreter shutdown, "
                          b"possibly due to daemon threads", done.stderr)


class Libraries(unittest.TestCase):
    """Data that a library works on without the turn."""
    DATA = bytes(range(256)) * 4000

    def at_once(self, work, count=4):
        """What work(n) gives on each of some threads."""
        results = [None] * count

        def run(n):
            try:
                results[n] = work(n)
            except Exception as e:
                results[n] = e
        threads = [threading.Thread(target=run, args=(n,)) for n in range(count)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return results

    def test_each_its_own(self):
        for work in (lambda n: zlib.decompress(zlib.compress(self.DATA)) == self.DATA,
                     lambda n: bz2.decompress(bz2.compress(self.DATA)) == self.DATA,
                     lambda n: lzma.decompress(lzma.compress(self.DATA, preset=0)) == self.DATA,
                     lambda n: zlib.crc32(self.DATA) == binascii.crc32(self.DATA) == 2851522990,
                     lambda n: hashlib.scrypt(b"p", salt=b"s", n=1024, r=8, p=1) ==
                     hashlib.scrypt(b"p", salt=b"s", n=1024, r=8, p=1),
                     lambda n: hashlib.pbkdf2_hmac("sha256", b"p", b"s", 5000).hex()[:8] == "b0acac4c",
                     lambda n: hmac.digest(b"k", self.DATA, "md5") == hmac.digest(b"k", self.DATA, "md5")):
            self.assertEqual(self.at_once(work), [True] * 4)

    def test_one_hash(self):
        chunk = b"x" * 3000
        for make in (hashlib.md5, hashlib.sha256, hashlib.blake2b, hashlib.blake2s, _sha3.sha3_256,
                     lambda data=b"": hmac.new(b"key", data, "sha1")):
            shared = make()

            def work(n):
                for _ in range(50):
                    shared.update(chunk)
                    shared.copy().digest()
            self.assertEqual(self.at_once(work), [None] * 4)
            self.assertEqual(shared.digest(), make(chunk * 200).digest())

    def test_one_stream(self):
        data = os.urandom(10000)
        for compressor, decompressor in ((zlib.compressobj, zlib.decompressobj), (bz2.BZ2Compressor, bz2.BZ2Decompressor),
                                         (lambda: lzma.LZMACompressor(preset=0), lzma.LZMADecompressor)):
            shared, parts = compressor(), [[], [], [], []]
            self.at_once(lambda n: [parts[n].append(shared.compress(data)) for _ in range(5)])
            shared.flush()
            packed = decompressor()
            source = compressor()
            whole = source.compress(data * 20) + source.flush()
            self.at_once(lambda n: [packed.decompress(whole[at:at + 5000]) for at in range(0, len(whole), 5000)])


class SimpleQueues(Ready):
    def test_put_wakes(self):
        queue = _queue.SimpleQueue()
        self.assertEqual(self.run_beside(queue.get, lambda: queue.put(1)), 1)
        self.assertEqual(self.run_beside(lambda: queue.get(timeout=30), lambda: queue.put(2)), 2)

    def test_a_signal_is_heeded(self):
        queue = _queue.SimpleQueue()
        before = signal.signal(signal.SIGALRM, lambda *_: queue.put("from the handler"))
        self.addCleanup(signal.signal, signal.SIGALRM, before)
        signal.setitimer(signal.ITIMER_REAL, 0.05)
        self.assertEqual(queue.get(), "from the handler")

    def test_timeout(self):
        queue = _queue.SimpleQueue()
        with self.assertRaises(_queue.Empty):
            queue.get(timeout=0.05)
        with self.assertRaises(_queue.Empty):
            queue.get(False)

    def test_many(self):
        queue, sums = _queue.SimpleQueue(), []

        def take():
            total = 0
            while (item := queue.get()) is not None:
                total += item
            sums.append(total)
        takers = [threading.Thread(target=take) for _ in range(3)]
        givers = [threading.Thread(target=lambda: [queue.put(n) for n in range(1000)]) for _ in range(3)]
        for thread in takers + givers:
            thread.start()
        for thread in givers:
            thread.join()
        for _ in takers:
            queue.put(None)
        for thread in takers:
            thread.join()
        self.assertEqual(sum(sums), 3 * sum(range(1000)))


if __name__ == "__main__":
    unittest.main()
