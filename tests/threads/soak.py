# SPDX-License-Identifier: MIT
"""Random work on shared objects, with threads that come and go, forks, collections and programs that end.

    soak.py [--seconds N] [--seed N] [--threads N]

Threads pick actions at random: an operation of matrix.py on an object that all of them know, a
handful of new threads, a fork whose child checks what it has, a collection, weak references and
finalisers, a program that ends while its threads run.  At the end every object must be whole, and
each object with a finaliser be finalised once.  The last line is `N actions`.
"""
import argparse
import collections
import faulthandler
import gc
import os
import queue
import random
import signal
import subprocess
import sys
import threading
import time
import weakref

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
sys.dont_write_bytecode = True
import matrix

PATIENCE = 180      # seconds that the whole may take longer
ENDING = """
import threading, time, sys, os
d = {}
def spin():
    while True:
        d[threading.get_ident()] = [str(n) for n in range(50)]
        sum(len(v) for v in d.copy().values())
for _ in range(3):
    threading.Thread(target=spin, daemon=True).start()
time.sleep(%r)
%s
"""


class Finalised:
    """How many were made, and how many have died."""
    made = collections.deque()
    died = collections.deque()

    def __init__(self, circle):
        self.made.append(1)
        self.me = self if circle else None

    def __del__(self):
        self.died.append(1)


class Soak:
    def __init__(self, seconds, seed):
        self.end = time.monotonic() + seconds
        self.seed = seed
        self.counts = [collections.Counter() for _ in range(64)]
        self.faults = []
        self.objects = {}
        for kind in matrix.KINDS:
            self.renew(kind)
        self.forking = threading.Lock()     # one fork at a time: a child has all of the parent's memory

    def renew(self, kind):
        """A new object of a kind in the place of the old one, which other threads may still have."""
        self.objects[kind] = matrix.KINDS[kind][0]()

    def operate(self, r):
        kind = r.choice(list(matrix.KINDS))
        operations = matrix.KINDS[kind][1]
        name = r.choice(list(operations))
        o = self.objects[kind]
        matrix.race(operations[name], o, 20, r.randrange(100))
        if r.random() < 0.02 or kind.endswith("iterator") and r.random() < 0.2:
            self.renew(kind)

    def churn(self, r):
        results = queue.SimpleQueue()

        def work(n):
            self.operate(random.Random(n))
            results.put(n)
        threads = [threading.Thread(target=work, args=(r.random(),)) for _ in range(r.randrange(1, 6))]
        for t in threads:
            t.start()
        for t in threads:
            t.join()
        matrix.ensure(results.qsize() == len(threads), "results")

    def fork(self, r):
        with self.forking:
            child = os.fork()
            if child == 0:
                self.be_child()
            _, status = os.waitpid(child, 0)
        matrix.ensure(status == 0, "a child ended with", status)

    def be_child(self):
        status = 1
        try:
            signal.alarm(PATIENCE)
            gc.collect()
            for kind in ("list", "dict", "set", "deque", "instance"):
                matrix.KINDS[kind][2](self.objects[kind])
            t = threading.Thread(target=gc.collect)
            t.start()
            t.join()
            status = 0
        except BaseException:
            sys.excepthook(*sys.exc_info())
        finally:
            sys.stderr.flush()
            os._exit(status)

    def collect(self, r):
        gc.collect(r.randrange(3))

    def refer(self, r):
        called = collections.deque()
        o = Finalised(r.random() < 0.5)
        w = weakref.ref(o, lambda ref: called.append(1))
        own = weakref.WeakValueDictionary({1: o})
        circle = o.me is not None
        del o
        if circle:
            gc.collect()
        else:
            matrix.ensure(w() is None and len(called) == 1 and not own, "a weak reference")

    def exit(self, r):
        code = ENDING % (r.random() / 20, r.choice(["", "sys.exit(0)", "os._exit(0)"]))
        end = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=PATIENCE)
        matrix.ensure(end.returncode == 0 and not end.stderr, "a program ended with", end.returncode, end.stderr[-2000:])

    ACTIONS = {operate: 300, churn: 10, fork: 2, collect: 4, refer: 10, exit: 0.3}

    def run(self, number):
        r = random.Random(self.seed * 1000 + number)
        actions, weights = list(self.ACTIONS), list(self.ACTIONS.values())
        while time.monotonic() < self.end and not self.faults:
            action = r.choices(actions, weights)[0]
            try:
                action(self, r)
            except Exception as fault:
                self.faults.append(f"{action.__name__}: {type(fault).__name__}: {fault}")
            self.counts[number][action.__name__] += 1


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--seconds", type=float, default=3)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--threads", type=int, default=6)
    options = parser.parse_args()
    faulthandler.dump_traceback_later(options.seconds + PATIENCE, exit=True)
    sys.setswitchinterval(1e-4)
    soak = Soak(options.seconds, options.seed)
    threads = [threading.Thread(target=soak.run, args=(n,)) for n in range(options.threads)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    for kind, o in soak.objects.items():
        try:
            matrix.KINDS[kind][2](o)
        except Exception as fault:
            soak.faults.append(f"{kind}: {type(fault).__name__}: {fault}")
    gc.collect()
    if len(Finalised.made) != len(Finalised.died):
        soak.faults.append(f"{len(Finalised.made)} made, {len(Finalised.died)} finalised")
    for fault in soak.faults[:20]:
        print(fault)
    counts = sum(soak.counts, collections.Counter())
    print(*(f"{name} {counts[name]}" for name in sorted(counts)))
    print(f"{counts.total()} actions")
    sys.exit(bool(soak.faults))


if __name__ == "__main__":
    main()
