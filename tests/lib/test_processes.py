# SPDX-License-Identifier: MIT
"""Processes: semaphores and memory that they share, and what multiprocessing makes of fork, spawn and forkserver
with one thread in each."""
import _multiprocessing
import _posixshmem
import multiprocessing
import os
import signal
import sys
import tempfile
import time
import unittest
from _multiprocessing import SemLock
from multiprocessing import connection, shared_memory

METHODS = ("fork", "spawn", "forkserver")
RECURSIVE, SEMAPHORE = 0, 1


class Raises(unittest.TestCase):
    def raises(self, error, text, call, /, *args, **kwargs):
        with self.assertRaises(error) as raised:
            call(*args, **kwargs)
        if text is not None:
            self.assertEqual(str(raised.exception), text)


class Semaphores(Raises):
    def setUp(self):
        self.name = f"/oz-{os.getpid()}-{self.id().rpartition('.')[2][:20]}"

    def lock(self, kind=SEMAPHORE, value=1, maximum=1):
        return SemLock(kind, value, maximum, self.name, True)

    def test_arguments(self):
        make = lambda *args, **kwargs: SemLock(*args, **kwargs)
        self.raises(TypeError, "SemLock() missing required argument 'kind' (pos 1)", make)
        self.raises(TypeError, "SemLock() missing required argument 'unlink' (pos 5)", make, 1, 1, 1, self.name)
        self.raises(TypeError, "SemLock() takes at most 5 arguments (6 given)", make, 1, 1, 1, self.name, True, 3)
        self.raises(TypeError, "SemLock() argument 'name' must be str, not int", make,
                    kind=0, value=1, maxvalue=1, name=7, unlink=True)
        self.raises(ValueError, "unrecognized kind", make, 5, 1, 1, self.name, True)
        self.raises(ValueError, "embedded null character", make, 0, 1, 1, "a\0b", True)
        self.raises(UnicodeEncodeError, None, make, 0, 1, 1, "\udcff", True)
        self.raises(OSError, "[Errno 22] Invalid argument", make, 0, -1, 1, self.name, True)
        self.raises(OSError, "[Errno 22] Invalid argument", make, 0, 1, 1, "/a/b", True)
        self.raises(OverflowError, "Python int too large to convert to C int", make, 0, 1 << 40, 1, self.name, True)

    def test_attributes(self):
        lock = self.lock(RECURSIVE)
        self.assertEqual((type(lock.handle), lock.kind, lock.maxvalue, lock.name), (int, 0, 1, None))
        for name in ("handle", "kind", "maxvalue", "name"):
            self.raises(AttributeError, "readonly attribute", setattr, lock, name, 3)
        self.raises(AttributeError, "'_multiprocessing.SemLock' object has no attribute 'x'", setattr, lock, "x", 1)
        self.raises(TypeError, "cannot pickle '_multiprocessing.SemLock' object", lock.__reduce_ex__, 2)
        self.assertEqual(SemLock.SEM_VALUE_MAX, 2 ** 31 - 1)
        self.assertEqual(_multiprocessing.flags, {"HAVE_SEM_OPEN": 1, "HAVE_SEM_TIMEDWAIT": 1})

    def test_names(self):
        lock = SemLock(RECURSIVE, 1, 1, self.name, False)
        self.assertEqual(lock.name, self.name)
        self.raises(FileExistsError, "[Errno 17] File exists", self.lock)
        same = SemLock._rebuild(0, RECURSIVE, 1, self.name)
        self.assertEqual((same.handle, same.name), (lock.handle, self.name))
        self.assertTrue(same.acquire())
        self.assertEqual((lock._get_value(), lock._count(), lock.acquire(False)), (0, 0, False))
        _multiprocessing.sem_unlink(self.name)
        for call in (lambda: _multiprocessing.sem_unlink(self.name), lambda: SemLock._rebuild(0, 1, 1, self.name)):
            self.raises(FileNotFoundError, "[Errno 2] No such file or directory", call)
        self.raises(TypeError, "sem_unlink() argument must be str, not int", _multiprocessing.sem_unlink, 3)
        self.raises(ValueError, "embedded null character", _multiprocessing.sem_unlink, "a\0")
        self.raises(TypeError, "_rebuild() takes exactly 4 arguments (2 given)", SemLock._rebuild, 1, 2)
        self.raises(TypeError, "_rebuild() argument 1 must be int, not str", SemLock._rebuild, "x", 1, 1, None)
        self.raises(TypeError, "_rebuild() argument 4 must be str or None, not int", SemLock._rebuild, 0, 1, 1, 3)

    @unittest.skipUnless(sys.implementation.name == "ounce", "takes the int for a pointer")
    def test_a_handle_is_no_semaphore(self):
        self.raises(OSError, "[Errno 22] Invalid argument", SemLock._rebuild, 12345, 1, 1, None)

    def test_recursive(self):
        lock = self.lock(RECURSIVE)
        look = lambda: (lock._count(), lock._is_mine(), lock._get_value(), lock._is_zero())
        self.assertEqual(look(), (0, False, 1, False))
        self.assertTrue(lock.acquire())
        self.assertEqual(look(), (1, True, 0, True))
        self.assertTrue(lock.acquire(False) and lock.__enter__())
        self.assertEqual(look(), (3, True, 0, True))
        for _ in range(3):
            lock.release()
        self.assertEqual(look(), (0, False, 1, False))
        self.raises(AssertionError, "attempt to release recursive lock not owned by thread", lock.release)
        lock.acquire()
        lock._after_fork()
        self.assertEqual(look(), (0, False, 0, True))

    def test_semaphore(self):
        lock = self.lock(SEMAPHORE, 3, 5)
        lock.release()
        lock.release()
        self.raises(ValueError, "semaphore or lock released too many times", lock.release)
        self.assertEqual((lock._count(), lock._is_mine(), lock._get_value()), (-2, False, 5))
        with lock as got:
            self.assertIs(got, True)
        lock.acquire()
        lock.__exit__(1, 2)
        self.raises(TypeError, "__exit__ expected at most 3 arguments, got 4", lock.__exit__, 1, 2, 3, 4)

    def test_timeouts(self):
        lock = self.lock(value=0)
        for arguments in ((False,), (True, 0.01), (True, -1), (False, None), (True, 0), (False, 10), (True, -1e300)):
            self.assertIs(lock.acquire(*arguments), False)
        self.raises(TypeError, "must be real number, not str", lock.acquire, True, "x")
        self.raises(TypeError, "acquire() takes at most 2 arguments (3 given)", lock.acquire, True, 1, 2)
        self.raises(TypeError, "'bl' is an invalid keyword argument for acquire()", lock.acquire, bl=3)
        self.raises(OSError, "[Errno 22] Invalid argument", lock.acquire, True, float("nan"))

    def alarm(self, action, first=0.05, then=0):
        self.addCleanup(signal.signal, signal.SIGALRM, signal.signal(signal.SIGALRM, action))
        self.addCleanup(signal.setitimer, signal.ITIMER_REAL, 0)
        signal.setitimer(signal.ITIMER_REAL, first, then)

    def test_a_handler_that_raises_ends_the_wait(self):
        def fail(*args):
            raise KeyError("alarm")
        for arguments in ((), (True, 20)):
            self.alarm(fail)
            self.raises(KeyError, "'alarm'", self.lock(value=0).acquire, *arguments)

    def test_a_handler_that_returns_does_not(self):
        lock, calls = self.lock(value=0), []
        self.alarm(lambda *args: calls.append(1), 0.03, 0.03)
        start = time.monotonic()
        self.assertFalse(lock.acquire(True, 0.3))
        self.assertGreater(time.monotonic() - start, 0.25)
        self.assertGreater(len(calls), 2)
        self.alarm(lambda *args: lock.release())
        self.assertTrue(lock.acquire(timeout=1e9))

    def test_a_subclass(self):
        class Named(SemLock):
            pass
        lock = Named(SEMAPHORE, 1, 1, self.name, True)
        lock.me = lock
        self.assertTrue(lock.acquire())
        self.assertIs(type(lock), Named)


class SharedMemory(Raises):
    def test_names(self):
        name = f"/oz-{os.getpid()}"
        fd = _posixshmem.shm_open(name, os.O_CREAT | os.O_EXCL | os.O_RDWR, mode=0o600)
        self.addCleanup(os.close, fd)
        self.assertEqual((os.fstat(fd).st_mode, os.get_inheritable(fd)), (0o100600, False))
        self.raises(FileExistsError, f"[Errno 17] File exists: '{name}'", _posixshmem.shm_open, name,
                    os.O_CREAT | os.O_EXCL | os.O_RDWR)
        self.assertIsNone(_posixshmem.shm_unlink(path=name))
        self.raises(FileNotFoundError, f"[Errno 2] No such file or directory: '{name}'", _posixshmem.shm_unlink, name)
        self.raises(FileNotFoundError, None, _posixshmem.shm_open, name, os.O_RDWR)
        self.raises(TypeError, "shm_open() argument 'path' must be str, not bytes", _posixshmem.shm_open, b"/a", 0)
        self.raises(TypeError, "shm_unlink() argument 'path' must be str, not int", _posixshmem.shm_unlink, 3)
        self.raises(UnicodeEncodeError, None, _posixshmem.shm_unlink, "\ud800")

    def test_between_processes(self):
        memory = shared_memory.SharedMemory(create=True, size=5000)
        self.addCleanup(memory.unlink)
        self.addCleanup(memory.close)
        for number, method in enumerate(METHODS):
            context = multiprocessing.get_context(method)
            child = context.Process(target=write_there, args=(memory.name, number, method.encode()))
            child.start()
            child.join()
            self.assertEqual(child.exitcode, 0)
        self.assertEqual(bytes(memory.buf[:33]), b"fork".ljust(10, b".") + b"spawn".ljust(10, b".") + b"forkserver\0\0\0")

    def test_lists(self):
        values = shared_memory.ShareableList(["a", 1, 2.5, None, True, b"xx"])
        self.addCleanup(values.shm.unlink)
        self.addCleanup(values.shm.close)
        values[0], values[2] = "b", 7.0
        self.assertEqual(list(values), ["b", 1, 7.0, None, True, b"xx"])
        same = shared_memory.ShareableList(name=values.shm.name)
        self.addCleanup(same.shm.close)
        self.assertEqual((list(same), same.index(7.0), same.count(1)), (list(values), 2, 2))


def write_there(name, number, text):
    memory = shared_memory.SharedMemory(name=name)
    memory.buf[number * 10:number * 10 + 10] = text.ljust(10, b".")
    memory.close()


def answer(pipe, number):
    pipe.send((number, multiprocessing.current_process().name, os.getpid()))
    sys.exit(number)


def sleep():
    time.sleep(60)


def take(lock, event, pipe):
    with lock:
        pipe.send("taken")
    event.wait(60)
    pipe.send("woken")


def listen(address, key):
    try:
        with connection.Client(address, authkey=key) as client:
            client.send([1, {"a": 2}])
            client.send_bytes(client.recv() * 100000)
    except multiprocessing.AuthenticationError:
        sys.exit(9)


class Processes(Raises):
    def each(self):
        for method in METHODS:
            with self.subTest(method):
                yield multiprocessing.get_context(method)

    def test_start_and_join(self):
        for context in self.each():
            ours, theirs = context.Pipe()
            child = context.Process(target=answer, args=(theirs, 7), name="Fred")
            child.start()
            self.assertEqual(ours.recv(), (7, "Fred", child.pid))
            self.assertEqual(connection.wait([child.sentinel], 60), [child.sentinel])
            child.join(60)
            self.assertEqual((child.exitcode, child.is_alive()), (7, False))
            child.close()

    def test_terminate_and_kill(self):
        for context in self.each():
            for end, status in (("terminate", -signal.SIGTERM), ("kill", -signal.SIGKILL)):
                child = context.Process(target=sleep, daemon=True)
                child.start()
                self.assertTrue(child.is_alive() and child.daemon and child in multiprocessing.active_children())
                self.assertIsNone(child.exitcode)
                getattr(child, end)()
                child.join(60)
                self.assertEqual(child.exitcode, status)

    def test_locks_and_events(self):
        for context in self.each():
            lock, event = context.Lock(), context.Event()
            ours, theirs = context.Pipe(duplex=False)
            with lock:
                child = context.Process(target=take, args=(lock, event, theirs))
                child.start()
                self.assertFalse(ours.poll(0.2))
            self.assertEqual(ours.recv(), "taken")
            event.set()
            self.assertEqual(ours.recv(), "woken")
            child.join(60)
            self.assertEqual(child.exitcode, 0)
            shown = (context.Semaphore(3), context.BoundedSemaphore(2), context.RLock(), lock)
            self.assertEqual(str(shown), "(<Semaphore(value=3)>, <BoundedSemaphore(value=2, maxvalue=2)>, "
                                         "<RLock(None, 0)>, <Lock(owner=None)>)")

    def test_simple_queue(self):
        queue = multiprocessing.SimpleQueue()
        queue.put([5])
        self.assertEqual((queue.empty(), queue.get(), queue.empty()), (False, [5], True))

    def test_connections(self):
        with tempfile.TemporaryDirectory() as folder:
            for address in (os.path.join(folder, "socket"), ("127.0.0.1", 0)):
                for key, right in ((b"key", True), (b"other", False)):
                    with connection.Listener(address, authkey=b"key") as listener:
                        child = multiprocessing.Process(target=listen, args=(listener.address, key))
                        child.start()
                        if right:
                            with listener.accept() as client:
                                self.assertEqual(client.recv(), [1, {"a": 2}])
                                client.send(b"raw")
                                self.assertEqual(client.recv_bytes(), b"raw" * 100000)
                                self.assertRaises(EOFError, client.recv)
                        else:
                            self.raises(multiprocessing.AuthenticationError, "digest received was wrong",
                                        listener.accept)
                        child.join(60)
                        self.assertEqual(child.exitcode, 0 if right else 9)

    def test_pipes(self):
        one, other = multiprocessing.Pipe()
        idle, far = multiprocessing.Pipe()
        other.send_bytes(bytearray(b"12345"))
        self.assertEqual(connection.wait([one, idle], 1), [one])
        buffer = bytearray(10)
        self.assertEqual((one.recv_bytes_into(buffer, 2), buffer), (5, b"\0\0" + b"12345" + b"\0\0\0"))
        other.send_bytes(b"1" * 20)
        with self.assertRaises(multiprocessing.BufferTooShort) as raised:
            one.recv_bytes_into(buffer)
        self.assertEqual(raised.exception.args, (b"1" * 20,))
        self.assertEqual(connection.wait([one, idle], 0), [])
        other.close()
        self.assertRaises(EOFError, one.recv)


def change(number, numbers, text):
    with number.get_lock():
        number.value += 5
    for n in range(len(numbers)):
        numbers[n] *= 2
    text.value = text.value.upper()


def square(x):
    return x * x


def fail(x):
    raise ValueError(x)


def fill(queue, count):
    for n in range(count):
        queue.put([n])


class WithThreads(Raises):
    each = Processes.each

    def test_values_and_arrays(self):
        for context in self.each():
            number, numbers, text = context.Value("i", 3), context.Array("d", [1.0, 2.5]), context.Array("c", b"hello")
            child = context.Process(target=change, args=(number, numbers, text))
            child.start()
            child.join(60)
            self.assertEqual((child.exitcode, number.value, numbers[:], text.value), (0, 8, [2.0, 5.0], b"HELLO"))

    def test_pool(self):
        for context in self.each():
            with context.Pool(2) as pool:
                self.assertEqual(pool.map(square, range(6)), [0, 1, 4, 9, 16, 25])
                self.assertEqual(list(pool.imap(square, range(4))), [0, 1, 4, 9])
                self.assertEqual((pool.starmap(pow, [(2, 3), (3, 2)]), pool.apply_async(square, (7,)).get(60)), ([8, 9], 49))
                self.raises(ValueError, "3", pool.apply, fail, (3,))

    def test_queues_and_managers(self):
        for context in self.each():
            queue = context.Queue()
            child = context.Process(target=fill, args=(queue, 5))
            child.start()
            self.assertEqual([queue.get(timeout=60) for _ in range(5)], [[n] for n in range(5)])
            child.join(60)
        with multiprocessing.Manager() as manager:
            shared = manager.Queue()
            child = multiprocessing.Process(target=fill, args=(shared, 3))
            child.start()
            child.join(60)
            self.assertEqual([shared.get(timeout=60) for _ in range(3)], [[0], [1], [2]])

    def test_executor(self):
        from concurrent.futures import ProcessPoolExecutor
        for context in self.each():
            with ProcessPoolExecutor(2, mp_context=context) as executor:
                self.assertEqual((list(executor.map(square, range(4))), executor.submit(square, 9).result(60)),
                                 ([0, 1, 4, 9], 81))


class Fork(Raises):
    def run_child(self, text):
        """What a program of its own writes: hooks stay registered."""
        import subprocess
        return subprocess.run([sys.executable, "-c", text], capture_output=True, text=True, timeout=60).stdout

    def test_hooks(self):
        text = """
import os, sys
log = []
for n in "12":
    os.register_at_fork(before=lambda n=n: log.append("before" + n), after_in_child=lambda n=n: log.append("child" + n),
                        after_in_parent=lambda n=n: log.append("parent" + n))
pid, terminal = os.forkpty()
if pid == 0:
    print(*log, os.isatty(0), os.isatty(1), terminal, flush=True)
    os._exit(5)
print(*log)
with open(terminal, closefd=False) as file:
    print(file.readline().rstrip())
print(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), os.get_inheritable(terminal))
"""
        self.assertEqual(self.run_child(text), "before2 before1 parent1 parent2\n"
                         "before2 before1 child1 child2 True True -1\n5 True\n")

    def test_a_terminal_of_its_own(self):
        text = """
import os
ours, theirs = os.openpty()
if os.fork() == 0:
    os.login_tty(theirs)
    print(os.getsid(0) == os.getpid(), os.ttyname(0) == os.ttyname(2), flush=True)
    os._exit(0)
print(open(ours).readline().rstrip())
"""
        self.assertEqual(self.run_child(text), "True True\n")
        self.raises(OSError, "[Errno 9] Bad file descriptor", os.login_tty, 999999)


if __name__ == "__main__":
    unittest.main()
