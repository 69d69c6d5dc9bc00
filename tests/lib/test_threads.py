# SPDX-License-Identifier: MIT
"""Threads: starting, ending, waiting, values of their own, imports, fork, the end of a program."""
import _thread
import gc
import os
import queue
import signal
import subprocess
import sys
import tempfile
import textwrap
import threading
import time
import unittest
import weakref
from pathlib import Path


def run(*functions):
    """Call each function on a thread of its own; their results in that order."""
    results = [None] * len(functions)

    def call(n):
        results[n] = functions[n]()
    threads = [threading.Thread(target=call, args=(n,)) for n in range(len(functions))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
        assert not thread.is_alive()
    return results


def program(source, *, timeout=60):
    return subprocess.run([sys.executable, "-c", textwrap.dedent(source)], capture_output=True, text=True,
                          timeout=timeout)


class Life(unittest.TestCase):
    def test_each_thread_gets_its_turns(self):
        def count():
            total = 0
            for n in range(100_000):
                total += n
            return total
        self.assertEqual(run(*[count] * 6), [4999950000] * 6)

    def test_a_thread_that_computes_does_not_keep_others_waiting(self):
        stop = []

        def spin():
            while not stop:
                pass
        thread = threading.Thread(target=spin)
        thread.start()
        start = time.monotonic()
        for _ in range(20):
            time.sleep(0.001)
        stop.append(True)
        thread.join()
        self.assertLess(time.monotonic() - start, 20)

    def test_a_turn_of_any_length_ends_when_its_thread_does(self):
        self.addCleanup(sys.setswitchinterval, sys.getswitchinterval())
        for interval in 1e-300, 1e10, 1e300:
            with self.subTest(interval=interval):
                sys.setswitchinterval(interval)
                self.assertEqual(run(lambda: sum(range(1000)), lambda: 2), [499500, 2])

    def test_what_a_thread_held_dies_with_it(self):
        class Thing:
            pass
        seen = []

        def hold():
            thing = Thing()
            seen.append(weakref.ref(thing))
            _thread.exit()
        run(hold, hold)
        self.assertEqual([ref() for ref in seen], [None, None])

    def test_many_threads_leave_no_memory(self):
        def churn():
            for _ in range(200):
                thread = threading.Thread(target=lambda: [0] * 100)
                thread.start()
                thread.join()
        churn()
        gc.collect()
        before = sys.getallocatedblocks()
        churn()
        gc.collect()
        self.assertLess(sys.getallocatedblocks() - before, 200)

    def test_a_thread_collects_what_another_made(self):
        class Node:
            pass
        refs = []

        def make():
            for _ in range(50):
                a, b = Node(), Node()
                a.other, b.other = b, a
                refs.append(weakref.ref(a))
        run(make)
        run(gc.collect)
        self.assertEqual([ref for ref in refs if ref() is not None], [])

    def test_finalisers_run_in_the_thread_that_drops(self):
        class Thing:
            def __del__(self):
                idents.append(threading.get_ident())
        idents, things = [], [Thing()]
        run(things.clear)
        self.assertEqual(len(idents), 1)
        self.assertNotEqual(idents[0], threading.get_ident())

    def test_recursion_has_a_limit_of_its_own(self):
        def deep(n):
            return deep(n + 1)

        def fail():
            try:
                deep(0)
            except RecursionError:
                return "limit"
        self.assertEqual(run(fail, fail), ["limit"] * 2)

    def test_a_larger_stack_takes_deeper_recursion(self):
        result = program("""
            import sys, threading
            def deep(n): return n and 1 + deep(n - 1)
            sys.setrecursionlimit(10**6)
            threading.stack_size(256 << 20)
            t = threading.Thread(target=lambda: print(deep(200_000))); t.start(); t.join()
            """)
        self.assertEqual((result.stdout, result.returncode), ("200000\n", 0), result.stderr)

    def test_no_thread_can_be_started(self):
        result = program("""
            import resource, threading, time
            resource.setrlimit(resource.RLIMIT_AS, (1 << 30,) * 2)
            threads = []
            try:
                while len(threads) < 5000:
                    threads.append(threading.Thread(target=time.sleep, args=(1,)))
                    threads[-1].start()
            except RuntimeError as e:
                print(e)
            print(sum(range(10)))
            """)
        self.assertEqual(result.stdout, "can't start new thread\n45\n", result.stderr)


class Locks(unittest.TestCase):
    def test_only_one_holds_it(self):
        lock, total = threading.Lock(), [0]

        def add():
            for _ in range(2_000):
                with lock:
                    value = total[0]
                    time.sleep(0) if value % 97 == 0 else None
                    total[0] = value + 1
        run(*[add] * 4)
        self.assertEqual(total, [8_000])

    def test_a_wait_has_an_end(self):
        lock = threading.Lock()
        lock.acquire()
        start = time.monotonic()
        self.assertFalse(lock.acquire(timeout=0.05))
        self.assertGreaterEqual(time.monotonic() - start, 0.05)
        self.assertFalse(lock.acquire(False))

    def test_a_lock_is_free_until_the_giver_lets_go(self):
        for _ in range(100):
            lock = threading.Lock()
            lock.acquire()
            thread = threading.Thread(target=lambda: lock.acquire() and lock.release())
            thread.start()
            lock.release()
            self.assertFalse(lock.locked())
            thread.join()

    def test_every_waiter_gets_it(self):
        lock, order = threading.Lock(), []
        lock.acquire()

        def take():
            with lock:
                order.append(threading.get_ident())
        threads = [threading.Thread(target=take) for _ in range(10)]
        for thread in threads:
            thread.start()
        lock.release()
        for thread in threads:
            thread.join(30)
        self.assertEqual(sorted(order), sorted(thread.ident for thread in threads))

    def test_rlock_belongs_to_a_thread(self):
        lock = threading.RLock()
        with lock, lock:
            self.assertEqual(run(lambda: lock.acquire(False)), [False])
            with self.assertRaisesRegex(RuntimeError, "cannot release un-acquired lock"):
                raise run(self.failure(lock.release))[0]
        self.assertEqual(run(lambda: lock.acquire(False) and lock.release() is None), [True])

    @staticmethod
    def failure(function):
        def call():
            try:
                function()
            except RuntimeError as e:
                return e
        return call

    def test_a_signal_interrupts_a_wait_and_the_wait_goes_on(self):
        lock, seen = threading.Lock(), []
        lock.acquire()
        old = signal.signal(signal.SIGALRM, lambda *_: seen.append(1))
        self.addCleanup(signal.signal, signal.SIGALRM, old)
        signal.setitimer(signal.ITIMER_REAL, 0.02)
        threading.Timer(0.1, lock.release).start()
        self.assertTrue(lock.acquire(timeout=30))
        self.assertEqual(seen, [1])

    def test_a_handler_that_raises_ends_a_wait(self):
        def fail(*_):
            raise ZeroDivisionError
        lock = threading.Lock()
        lock.acquire()
        old = signal.signal(signal.SIGALRM, fail)
        self.addCleanup(signal.signal, signal.SIGALRM, old)
        signal.setitimer(signal.ITIMER_REAL, 0.02)
        with self.assertRaises(ZeroDivisionError):
            lock.acquire()

    def test_handlers_are_the_main_threads(self):
        def set_handler():
            try:
                signal.signal(signal.SIGUSR1, signal.SIG_IGN)
            except ValueError as e:
                return str(e)
        self.assertEqual(run(set_handler), ["signal only works in main thread of the main interpreter"])


class Local(unittest.TestCase):
    def test_values_are_apart(self):
        local = threading.local()
        local.x = "main"

        def use():
            before = hasattr(local, "x")
            local.x = threading.get_ident()
            time.sleep(0.01)
            return before, local.x == threading.get_ident(), local.__dict__ == {"x": local.x}
        self.assertEqual(run(use, use), [(False, True, True)] * 2)
        self.assertEqual(local.x, "main")

    def test_init_is_called_in_each_thread(self):
        class Numbers(threading.local):
            def __init__(self, first, *, step):
                self.numbers = list(range(first, 10, step))
        local = Numbers(1, step=4)
        local.numbers.append("main")
        self.assertEqual(run(lambda: local.numbers), [[1, 5, 9]])
        self.assertEqual(local.numbers, [1, 5, 9, "main"])

    def test_values_die_with_the_thread(self):
        class Thing:
            pass
        local, refs = threading.local(), []

        def use():
            local.thing = Thing()
            local.again = local
            refs.append(weakref.ref(local.thing))
        run(use)
        self.assertIsNone(refs[0]())

    def test_values_die_with_the_object(self):
        class Thing:
            pass
        local = threading.local()
        local.thing, local.itself = Thing(), local
        ref = weakref.ref(local.thing)
        del local
        gc.collect()
        self.assertIsNone(ref())

    def test_dict_cannot_be_replaced(self):
        local = threading.local()
        for change in (lambda: setattr(local, "__dict__", {}), lambda: delattr(local, "__dict__")):
            with self.assertRaisesRegex(AttributeError,
                                        "'_thread._local' object attribute '__dict__' is read-only"):
                change()

    def test_init_that_fails_is_called_again(self):
        class Fails(threading.local):
            calls = 0

            def __init__(self):
                Fails.calls += 1
                if Fails.calls == 2:
                    raise KeyError("second")
                self.x = Fails.calls
        local = Fails()

        def use():
            try:
                local.x
            except KeyError:
                return local.x
        self.assertEqual(run(use), [3])


class Imports(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        sys.path.insert(0, folder.name)
        self.addCleanup(sys.path.remove, folder.name)

    def write(self, **sources):
        for name, source in sources.items():
            (self.folder / f"{name}.py").write_text(textwrap.dedent(source))
            self.addCleanup(sys.modules.pop, name, None)

    def test_the_others_wait_until_it_is_whole(self):
        self.write(import_slowly="import time\ntime.sleep(0.1)\nlast = 1")

        def use():
            import import_slowly
            return import_slowly.last
        self.assertEqual(run(*[use] * 5), [1] * 5)

    def test_importlib_and_the_statement_wait_for_each_other(self):
        import importlib
        self.write(import_one="import time\ntime.sleep(0.1)\nlast = 1",
                   import_other="import time\ntime.sleep(0.1)\nlast = 2")

        def statement():
            import import_one, import_other
            return import_one.last, import_other.last

        def function():
            second = importlib.import_module("import_other")
            return importlib.import_module("import_one").last, second.last
        self.assertEqual(run(statement, function), [(1, 2)] * 2)

    def test_a_circle_of_two_threads_ends(self):
        self.write(circle_a="import time\ntime.sleep(0.05)\nimport circle_b\na = 1",
                   circle_b="import time\ntime.sleep(0.05)\nimport circle_a\nb = 1")
        self.assertEqual([module.__name__ for module in run(lambda: __import__("circle_a"),
                                                            lambda: __import__("circle_b"))],
                         ["circle_a", "circle_b"])
        self.assertEqual((sys.modules["circle_a"].a, sys.modules["circle_b"].b), (1, 1))

    def test_a_module_starts_a_thread_that_imports(self):
        self.write(import_starts="""
            import threading
            def use():
                global length
                import import_helper_of_starts
                length = len(import_helper_of_starts.text)
            thread = threading.Thread(target=use)
            thread.start()
            thread.join(30)
            """, import_helper_of_starts="text = 'abc'")
        import import_starts
        self.assertEqual(import_starts.length, 3)

    def test_a_failure_is_tried_again_by_who_waited(self):
        self.write(import_fails="import time\ntime.sleep(0.05)\n1 / 0")

        def use():
            try:
                import import_fails
            except ZeroDivisionError:
                return "failed"
        self.assertEqual(run(use, use), ["failed"] * 2)


class Fork(unittest.TestCase):
    def test_the_child_has_one_thread_and_goes_on(self):
        result = program("""
            import os, threading, time
            stop = threading.Event()
            threads = [threading.Thread(target=stop.wait) for _ in range(3)]
            for each in threads: each.start()
            pid = os.fork()
            if pid == 0:
                print(threading.active_count(), threading.current_thread() is threading.main_thread())
                t = threading.Thread(target=print, args=("a new one",)); t.start(); t.join()
                import json
                print(json.dumps([1]), flush=True)
                os._exit(0)
            print(os.waitpid(pid, 0)[1], threading.active_count())
            stop.set()
            """)
        self.assertEqual(result.stdout, "1 True\na new one\n[1]\n0 4\n", result.stderr)

    def test_a_thread_forks(self):
        result = program("""
            import os, threading, signal
            def fork():
                pid = os.fork()
                if pid == 0:
                    signal.signal(signal.SIGUSR1, lambda *_: print("handled", flush=True))
                    signal.raise_signal(signal.SIGUSR1)
                    print(threading.current_thread() is threading.main_thread(), flush=True)
                    os._exit(0)
                print(os.waitpid(pid, 0)[1])
            t = threading.Thread(target=fork); t.start(); t.join()
            """)
        self.assertEqual(result.stdout, "handled\nTrue\n0\n", result.stderr)

    def test_forks_among_busy_threads(self):
        result = program("""
            import os, queue, threading
            q, stop = queue.Queue(), []
            def work():
                while not stop:
                    q.put({str(n): [n] for n in range(20)}); q.get()
            threads = [threading.Thread(target=work) for _ in range(4)]
            for each in threads: each.start()
            for _ in range(20):
                pid = os.fork()
                if pid == 0:
                    os._exit(len([{n: n} for n in range(1000)]) - 1000)
                assert os.waitpid(pid, 0)[1] == 0
            stop.append(1)
            for each in threads: each.join()
            print("done")
            """)
        self.assertEqual(result.stdout, "done\n", result.stderr)


class Frames(unittest.TestCase):
    """Frames of other threads, which run on, end, or are not there after a fork."""

    def test_a_chain_ends_where_its_thread_began(self):
        ready, stop = threading.Event(), threading.Event()

        def wait():
            ready.set()
            stop.wait()
        ident = _thread.start_new_thread(wait, ())
        ready.wait()
        frame, names = sys._current_frames()[ident], []
        while frame:
            names.append(frame.f_code.co_name)
            frame = frame.f_back
        stop.set()
        self.assertEqual(names[-1], "wait")

    def test_frames_are_read_while_they_end(self):
        self.addCleanup(sys.setswitchinterval, sys.getswitchinterval())
        sys.setswitchinterval(1e-6)
        end = time.monotonic() + 0.3

        class Thing:
            def __del__(self):
                time.sleep(0)

        def deep(n):
            thing = Thing()
            return n and deep(n - 1)

        def call():
            while time.monotonic() < end:
                deep(20)

        def read():
            seen = 0
            while time.monotonic() < end:
                for frame in sys._current_frames().values():
                    while frame:
                        seen += len(frame.f_locals) + (frame.f_lineno or 0)
                        frame = frame.f_back
            return seen > 0
        self.assertEqual(run(call, call, read, read)[2:], [True, True])

    def test_a_generator_that_another_thread_runs_has_its_frame(self):
        ready, stop = threading.Event(), threading.Event()

        def numbers():
            ready.set()
            yield stop.wait()
        generator = numbers()
        thread = threading.Thread(target=next, args=(generator,))
        thread.start()
        ready.wait()
        self.assertEqual(generator.gi_frame.f_code.co_name, "numbers")
        stop.set()
        thread.join()

    def test_a_suspended_generator_shows_its_frame_to_each(self):
        def numbers(local):
            yield local
            yield local
        shown = []
        for step in (False, True):
            generator = numbers(step)
            if step:
                next(generator)
            look = lambda: shown.append((generator.gi_frame, generator.gi_frame.f_locals))
            for run in (None, 1):
                thread = threading.Thread(target=look)
                thread.start()
                thread.join()
            look()
            self.assertEqual([frame for frame, _ in shown], [generator.gi_frame] * 3)
            self.assertEqual([names for _, names in shown], [{"local": step}] * 3)
            shown.clear()

    def test_what_another_thread_handles(self):
        ready, stop = threading.Event(), threading.Event()

        def handle():
            try:
                raise KeyError("handled")
            except KeyError:
                ready.set()
                stop.wait()
        thread = threading.Thread(target=handle)
        thread.start()
        ready.wait()
        self.assertEqual(repr(sys._current_exceptions()[thread.ident][1]), "KeyError('handled')")
        stop.set()
        thread.join()

    def test_a_child_still_has_the_frames_of_threads_that_it_has_not(self):
        result = program("""
            import gc, os, sys, threading
            ready, stop = threading.Event(), threading.Event()
            def hold(mark):
                ready.set()
                stop.wait()
            t = threading.Thread(target=hold, args=("a mark",)); t.start(); ready.wait()
            frame = sys._current_frames()[t.ident]
            pid = os.fork()
            if pid == 0:
                for _ in range(20):
                    other = threading.Thread(target=sorted, args=([3, 2, 1] * 100,)); other.start(); other.join()
                names = []
                while frame:
                    names.append(frame.f_code.co_name)
                    if names[-1] == "hold": print(frame.f_locals, frame.f_lineno > 0)
                    frame = frame.f_back
                gc.collect()
                print(names[-1], flush=True)
                os._exit(0)
            print(os.waitpid(pid, 0)[1])
            stop.set()
            """)
        self.assertEqual(result.stdout, "{'mark': 'a mark'} True\n_bootstrap\n0\n", result.stderr)


class End(unittest.TestCase):
    def test_the_program_waits_for_its_threads(self):
        result = program("""
            import threading, time
            def late():
                time.sleep(0.05)
                print("late")
            threading.Thread(target=late).start()
            print("end of main")
            """)
        self.assertEqual(result.stdout, "end of main\nlate\n")

    def test_daemons_are_left(self):
        result = program("""
            import threading, time
            def spin():
                while True: pass
            for target in spin, lambda: time.sleep(1000), threading.Lock().acquire:
                for _ in range(3):
                    threading.Thread(target=target, daemon=True).start()
            held = threading.Lock(); held.acquire()
            threading.Thread(target=held.acquire, daemon=True).start()
            print("end")
            """)
        self.assertEqual((result.stdout, result.stderr, result.returncode), ("end\n", "", 0))

    def test_an_exception_in_a_thread_is_reported(self):
        result = program("""
            import threading
            def fail(): raise ValueError("in a thread")
            t = threading.Thread(target=fail, name="Tom"); t.start(); t.join()
            print("goes on")
            """)
        self.assertEqual((result.stdout, result.returncode), ("goes on\n", 0))
        self.assertIn("Exception in thread Tom:\nTraceback", result.stderr)

    def test_ctrl_c_reaches_the_main_thread(self):
        child = subprocess.Popen([sys.executable, "-c", textwrap.dedent("""
            import threading, time
            def spin():
                while not stop: pass
            stop = []
            threading.Thread(target=spin).start()
            print("ready", flush=True)
            try:
                threading.Event().wait()
            except KeyboardInterrupt:
                print("interrupted")
            stop.append(1)
            """)], stdout=subprocess.PIPE, text=True)
        self.assertEqual(child.stdout.readline(), "ready\n")
        time.sleep(0.05)
        child.send_signal(signal.SIGINT)
        self.assertEqual(child.communicate(timeout=60)[0], "interrupted\n")


class Shared(unittest.TestCase):
    """What threads share stays whole, whatever the order of their turns."""

    def setUp(self):
        self.addCleanup(sys.setswitchinterval, sys.getswitchinterval())
        sys.setswitchinterval(1e-6)

    def test_append_and_pop_lose_nothing(self):
        items, taken = [], []

        def put():
            for n in range(5_000):
                items.append(n)

        def take():
            for _ in range(4_000):
                try:
                    taken.append(items.pop())
                except IndexError:
                    pass
        run(put, put, take, take)
        self.assertEqual(sorted(items + taken), sorted(2 * list(range(5_000))))

    def test_setdefault_gives_one_value(self):
        shared = {}
        keys = range(500)

        def claim():
            return [shared.setdefault(key, object()) for key in keys]
        results = run(*[claim] * 4)
        self.assertTrue(all(values == results[0] for values in results))

    def test_a_dict_that_changes_size_says_so(self):
        shared = {n: n for n in range(100)}

        def change():
            for n in range(3_000):
                shared[n + 1000] = n
                del shared[n + 1000]

        def read():
            errors = 0
            for _ in range(300):
                try:
                    for _ in shared:
                        pass
                except RuntimeError:
                    errors += 1
            return errors >= 0
        self.assertEqual(run(change, read, read)[1:], [True, True])
        self.assertEqual(len(shared), 100)

    def test_a_generator_runs_in_one_thread_at_a_time(self):
        def numbers():
            for n in range(100_000):
                yield n
        generator = numbers()

        def take():
            taken = []
            while True:
                try:
                    taken.append(next(generator))
                except StopIteration:
                    return taken
                except ValueError as e:
                    assert str(e) == "generator already executing", e
        first, second = run(take, take)
        self.assertEqual(sorted(first + second), list(range(100_000)))

    def test_generators_give_all_while_others_compute(self):
        def leaf():
            for i in range(30):
                got = yield i
                assert got is None

        def outer():
            yield from leaf()

        def count():
            total = 0
            for _ in range(200):
                for make in leaf, outer:
                    for i in make():
                        total += i
            return total
        self.assertEqual(run(*[count] * 4), [435 * 400] * 4)

    def test_lists_of_a_dict_are_made_in_one_step(self):
        d = {i: i for i in range(500)}
        s = set(d)
        stop = []

        def change():
            n = 0
            while not stop:
                n += 1
                d[1000 + n % 50] = 1
                d.pop(1000 + n * 7 % 50, None)
                s.add(1000 + n % 50)
                s.discard(1000 + n * 7 % 50)

        def look():
            for _ in range(300):
                for each in list(d), list(d.keys()), list(d.values()), list(d.items()), list(s), sorted(s):
                    assert len(each) >= 500
            stop.append(True)
        run(look, change, change)

    def test_an_empty_dict_that_threads_share_takes_what_it_is_given(self):
        shared = {}

        def fill():
            for n in range(300):
                shared.clear()
                shared.update({str(n) + str(i): [n] for i in range(4)})
                for v in list(shared.values()):
                    assert type(v) is list
        run(*[fill] * 4)

    def test_queue_between_threads(self):
        for make in queue.Queue, queue.SimpleQueue, queue.LifoQueue, queue.PriorityQueue:
            with self.subTest(make=make):
                q = make()

                def put():
                    for n in range(500):
                        q.put(n)

                def take():
                    return [q.get(timeout=30) for _ in range(500)]
                results = run(put, take, put, take)
                self.assertEqual(sorted(results[1] + results[3]), sorted(2 * list(range(500))))


class Counts(unittest.TestCase):
    """How objects are counted changes while threads come and go; what the counts are does not."""

    def test_they_are_the_same_after_a_thread_has_ended(self):
        class Thing:
            def __init__(self):
                self.list = [1.5, "x" * 20]

        def function(a, b=[]):
            return a
        thing, nested = Thing(), ({"k": ["v"]}, [set(), frozenset((1, "é"))])
        watched = [thing, thing.list, Thing, function, nested, nested[0], nested[0]["k"], nested[1][1], unittest]
        before = [sys.getrefcount(each) for each in watched]
        for _ in range(20):
            run(lambda: function(thing.list[0]), lambda: nested[1][0].add(2.5))
            self.assertEqual([sys.getrefcount(each) for each in watched], before)
        alive = weakref.ref(thing)
        del thing, watched
        self.assertIsNone(alive())

    def test_what_a_thread_made_dies_when_it_is_dropped_later(self):
        class Thing:
            pass
        for _ in range(5):
            kept = run(lambda: [Thing() for _ in range(100)])[0]
            alive = [weakref.ref(thing) for thing in kept]
            kept.clear()
            self.assertEqual([ref for ref in alive if ref()], [])

    def test_classes_that_ended_in_a_thread_are_gone(self):
        def make():
            class Local:
                def method(self):
                    return Local
            return weakref.ref(type("Other", (Local,), {}))
        refs = run(make, make)
        gc.collect()
        self.assertEqual([ref() for ref in refs], [None, None])

    def test_objects_that_all_threads_use_all_the_time(self):
        class Place:
            def __init__(self, number):
                self.number = number

            def weight(self):
                return self.number
        places = [Place(number) for number in range(50)]
        names = ["place %d" % number for number in range(50)]
        by_name = dict(zip(names, places))

        def work():
            total = 0
            for i in range(200_000):
                total += by_name[names[i % 50]].weight() + places[i % 7].number
            return total
        before = [sys.getrefcount(each) for each in (*places, *names)]
        self.assertEqual(len(set(run(work, work, work))), 1)
        after = [sys.getrefcount(each) for each in (*places, *names)]
        self.assertEqual(after, before)
        del work
        by_name.clear()
        freed = [id(place) for place in places]
        places.clear()
        gc.collect()
        self.assertFalse({id(o) for o in gc.get_objects() if type(o) is Place} & set(freed))

    def test_a_finaliser_waits_for_nothing_when_threads_shared_its_object(self):
        ended = []

        class Thing:
            def method(self):
                return 1

            def __del__(self):
                ended.append(1)
        things = [Thing()]

        def work():
            thing = things[0]
            for _ in range(200_000):
                thing.method()
        run(work, work)
        things.clear()
        self.assertEqual(ended, [1])

    def test_threads_that_come_and_go_while_the_heap_grows(self):
        kept = []
        for n in range(200):
            kept.append([{n: str(n)}, [n], (n, [n])])
            run(lambda n=n: kept[n][1].append([n]))
        self.assertEqual([each[1] for each in kept], [[n, [n]] for n in range(200)])
        self.assertTrue(all(sys.getrefcount(each[1]) == 2 for each in kept))


class Free(unittest.TestCase):
    """What threads do side by side."""

    def setUp(self):
        self.addCleanup(sys.setswitchinterval, sys.getswitchinterval())
        sys.setswitchinterval(1e-5)

    def test_generators_get_what_is_sent(self):
        def numbers(count):
            for i in range(count):
                got = yield i
                if got is not None:
                    raise AssertionError(got)

        def both(count):
            yield from numbers(count)
            yield from numbers(count)

        def work():
            total = 0
            for i in both(20_000):
                total += i
            return total
        self.assertEqual(set(run(work, work, work)), {2 * sum(range(20_000))})

    def test_defaults_that_change_meanwhile(self):
        def function(a, b=[0], c=(1, 2)):
            return a + b[0] + len(c)

        def change():
            for n in range(20_000):
                function.__defaults__ = ([n & 1], (1,) * (n % 3))

        def work():
            return {function(1) for _ in range(100_000)}
        found = run(change, work, work)[1:]
        for values in found:
            self.assertLessEqual(values, {1, 2, 3, 4, 5})

    def test_texts_slices_and_tables(self):
        def work():
            found = 0
            for i in range(20_000):
                text = f"{i:>6}|{i / 4:.2f}|{'x' * (i % 3)!r}"
                table = {"a": i, text: [i]}
                items = [i, text, i, text]
                if text in table and "|" in text and text[:6] == f"{i:6d}" and items[1:3] == [text, i]:
                    found += 1
                del items[0], table["a"]
                found += len(items) + len(table) - 4
            return found
        self.assertEqual(run(work, work), [20_000, 20_000])


class Looking(unittest.TestCase):
    def test_callers_of_another_threads_frame(self):
        entered, leave = threading.Event(), threading.Event()

        def handle():
            try:
                raise KeyError("mine")
            except KeyError:
                entered.set()
                leave.wait(60)
        thread = threading.Thread(target=handle)
        thread.start()
        self.addCleanup(thread.join, 60)
        self.addCleanup(leave.set)
        entered.wait(60)
        frame = sys._current_frames()[thread.ident]
        names = []
        while frame:
            names.append(frame.f_code.co_name)
            frame = frame.f_back
        self.assertEqual(names[-4:], ["handle", "run", "_bootstrap_inner", "_bootstrap"])
        kind, value, _ = sys._current_exceptions()[thread.ident]
        self.assertEqual((kind, value.args), (KeyError, ("mine",)))
        self.assertEqual(sys._current_exceptions()[threading.get_ident()], (None, None, None))


if __name__ == "__main__":
    unittest.main()
