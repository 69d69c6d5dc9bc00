#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Random control flow on Ounce and on CPython: programs that print their way differ nowhere, or it is shown.

    control_differential.py [--seed N] [--programs N] [--seconds N] [--ounce build/ounce] [--trace] [--keep FOLDER]

A program is a handful of functions, generators and coroutines of nested loops, try, with, match and every
way out of them.  Each statement tells its number and what is being handled; conditions come from a counter,
so both runs go the same way.  With --trace, the events of sys.settrace are told too.
"""
import argparse
import random
import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path

TOP = Path(__file__).resolve().parents[2]
ORACLE = "/usr/bin/python3.11"

PRELUDE = r'''
import sys
steps = 0
class Fuel(BaseException): pass
class E1(Exception): pass
class E2(E1): pass
def handled():
    return type(sys.exc_info()[1]).__name__ if sys.exc_info()[1] else "-"
def p(n):
    global steps
    steps += 1
    print(n, handled())
    if steps > 400: raise Fuel(n)
    return n
def c(n):
    global steps
    steps += 1
    if steps > 400: raise Fuel(n)
    return (steps * 7919 + n * 104729) % 11 < 5
def chain(e, depth=0):
    if e is None: return "-"
    if depth > 5: return "..."
    words = type(e).__name__ + repr(e.args)[:60]
    if isinstance(e, BaseExceptionGroup): words += "[" + ", ".join(chain(x, depth + 1) for x in e.exceptions) + "]"
    return words + "(" + chain(e.__cause__, depth + 1) + "/" + chain(e.__context__, depth + 1) + ")"
class CM:
    def __init__(self, n, swallow=False, fails=0): self.n, self.swallow, self.fails = n, swallow, fails
    def __enter__(self):
        print("enter", self.n, handled())
        if self.fails == 1: raise E1("enter", self.n)
        return self
    def __exit__(self, kind, value, tb):
        print("exit", self.n, kind and kind.__name__, handled())
        if self.fails == 2: raise E2("exit", self.n)
        return self.swallow and not isinstance(value, Fuel)
    async def __aenter__(self): return self.__enter__()
    async def __aexit__(self, *a): return self.__exit__(*a)
class Wait:
    def __init__(self, n): self.n = n
    def __await__(self):
        got = yield self.n
        print("woken", self.n, got)
        return self.n
class AIter:
    def __init__(self, n): self.n = n
    def __aiter__(self): return self
    async def __anext__(self):
        if not self.n: raise StopAsyncIteration
        self.n -= 1
        return self.n
class It:
    def __init__(self, n, fails=False): self.n, self.fails = n, fails
    def __iter__(self): return self
    def __next__(self):
        if not self.n:
            if self.fails: raise E1("next")
            raise StopIteration
        self.n -= 1
        return self.n
def drive(make, *a):
    try:
        g = make(*a)
        got = None
        for turn in range(12):
            if turn == 5: got = g.throw(E1("thrown"))
            elif turn == 9: got = g.throw(E2, "old")
            else: got = g.send(None if turn == 0 else turn)
            print("got", got, handled())
    except StopIteration as e:
        print("stop", e.value)
    except BaseException as e:
        print("raised", chain(e))
    try: g.close()
    except BaseException as e: print("close raised", chain(e))
def call(f, *a):
    try:
        print("result", f(*a), handled())
    except BaseException as e:
        print("raised", chain(e))
        tb, lines = e.__traceback__, []
        while tb:
            if tb.tb_frame.f_code.co_name[0] == "f": lines.append(tb.tb_lineno)
            tb = tb.tb_next
        print("at", lines)
'''

TRACER = r'''
def tracer(frame, event, argument):
    name = frame.f_code.co_name
    if name[0] != "f" or not name[1:].isdigit(): return None
    if event == "exception": argument = argument[0].__name__
    elif event == "return": argument = repr(argument)[:40].split(" at 0x")[0]
    print("  ", name, event, frame.f_lineno, argument)
    return tracer
sys.settrace(tracer)
'''

ERRORS = ("E1", "E2", "ValueError", "KeyError", "ZeroDivisionError", "StopIteration", "GeneratorExit", "Exception")


class Maker:
    """One program; a function may call those with smaller numbers."""

    def __init__(self, seed, trace):
        self.random = random.Random(seed)
        self.lines = []
        self.number = 0
        self.kinds = []
        self.trace = trace

    def chance(self, p):
        return self.random.random() < p

    def next(self):
        self.number += 1
        return self.number

    def emit(self, depth, text):
        self.lines.append("    " * depth + text)

    def program(self):
        for index in range(self.random.randint(2, 6)):
            self.function(index)
        calls = "\n".join(f"{'call' if kind == 'def' else 'drive'}(f{index}, {self.random.randint(0, 3)})"
                          for index, kind in enumerate(self.kinds))
        return PRELUDE + "\n".join(self.lines) + "\n" + (TRACER if self.trace else "") + "for _ in range(2):\n" \
            + "    steps = 0\n" + "".join(f"    {line}\n" for line in calls.split("\n")) + "sys.settrace(None)\n"

    def function(self, index):
        kind = self.random.choice(["def", "def", "generator", "coroutine"])
        self.kind = kind
        self.index = index
        self.budget = self.random.randint(6, 30)
        self.emit(0, f"{'async def' if kind == 'coroutine' else 'def'} f{index}(a=1):")
        if kind == "generator":
            self.emit(1, "x = yield p(0)")
        self.block(1, loop=False, final=False, star=False, top=True)
        self.kinds.append(kind)

    def block(self, depth, loop, final, star, top=False):
        count = self.random.randint(1, 4 if not top else 7)
        for _ in range(count):
            self.statement(depth, loop, final, star)

    def condition(self):
        n = self.next()
        return self.random.choice([f"c({n})", f"c({n})", f"not c({n})", f"c({n}) and c({n})", f"c({n}) or p({n})", "True", "False", "a > 1", "0", "1",
                                   f"(c({n}) if c({n}) else a)", f"not (c({n}) and a)", f"0 < p({n}) < 9999", "x if a else 1"])

    def value(self):
        n = self.next()
        choices = [f"p({n})", "None", "a", "x", str(n), f"(p({n}) if c({n}) else a)", f"[p({n}) for _ in range(2) if c({n})]", f"(y := p({n}))",
                   "'text'", f"lambda: p({n})", f"{{p({n}): a}}"]
        if self.kind == "generator":
            choices += [f"(yield p({n}))", "(yield)"]
        if self.kind == "coroutine":
            choices += [f"await Wait({n})"]
        callees = [i for i, k in enumerate(self.kinds) if k == "def"]
        if callees:
            choices.append(f"f{self.random.choice(callees)}(a)")
        return self.random.choice(choices)

    def iterable(self):
        n = self.next()
        generators = [f"f{i}()" for i, k in enumerate(self.kinds) if k == "generator"]
        return self.random.choice([f"range({n % 4})", "[1, 2]", "()", "It(2)", "It(2, True)", "'ab'", "(p(k) for k in range(2))", "{1: 2}"] + generators * 2)

    def statement(self, depth, loop, final, star):
        self.budget -= 1
        simple = self.budget <= 0 or depth > 7
        roll = self.random.random()
        if simple or roll < 0.28:
            return self.simple(depth, loop, final, star)
        if roll < 0.38:
            return self.if_(depth, loop, final, star)
        if roll < 0.50:
            return self.for_(depth, star)
        if roll < 0.58:
            return self.while_(depth, star)
        if roll < 0.82:
            return self.try_(depth, loop, final, star)
        if roll < 0.94:
            return self.with_(depth, loop, final, star)
        return self.match_(depth, loop, final, star)

    def simple(self, depth, loop, final, star):
        n = self.next()
        choices = [f"p({n})", f"p({n})", f"x = {self.value()}", f"x, z = {self.value()}, {self.value()}", "pass", f"a += {n % 3}", f"{n}",
                   "del x", "x = 1", "assert c(%d)" % n, f"{self.value()}", "z = x"]
        choices += [f"raise {self.random.choice(ERRORS)}({n})", f"raise {self.random.choice(ERRORS)}({n}) from {self.random.choice(['None', 'E1(0)'])}",
                    "1 / 0", "raise"]
        if not star:
            choices += ["return", f"return {self.value()}", f"return {n}"]
            if loop:
                choices += ["break", "break", "continue", "continue"]
        if self.kind == "generator":
            generators = [i for i, k in enumerate(self.kinds) if k == "generator"]
            choices += [f"yield {n}", f"x = yield {n}"]
            choices += [f"yield from {self.iterable()}"]
            if generators:
                choices += [f"x = yield from f{self.random.choice(generators)}(a)"] * 2
        if self.kind == "coroutine":
            choices += [f"x = await Wait({n})"] * 2
            coroutines = [i for i, k in enumerate(self.kinds) if k == "coroutine"]
            if coroutines:
                choices += [f"x = await f{self.random.choice(coroutines)}(a)"] * 2
        text = self.random.choice(choices)
        if (text.startswith(("raise", "return", "break", "continue", "1 /", "assert")) and self.chance(0.6)) and depth < 8:
            self.emit(depth, f"if {self.condition()}:")
            self.emit(depth + 1, text)
            return
        self.emit(depth, text)

    def if_(self, depth, loop, final, star):
        self.emit(depth, f"if {self.condition()}:")
        self.block(depth + 1, loop, final, star)
        if self.chance(0.3):
            self.emit(depth, f"elif {self.condition()}:")
            self.block(depth + 1, loop, final, star)
        if self.chance(0.5):
            self.emit(depth, "else:")
            self.block(depth + 1, loop, final, star)

    def for_(self, depth, star):
        if self.kind == "coroutine" and self.chance(0.5):
            self.emit(depth, f"async for x in AIter({self.next() % 4}):")
        else:
            self.emit(depth, f"for {self.random.choice(['x', 'k', 'z', 'x'])} in {self.iterable()}:")
        self.block(depth + 1, True, False, False)
        if self.chance(0.3):
            self.emit(depth, "else:")
            self.block(depth + 1, False, False, star)

    def while_(self, depth, star):
        name = f"n{depth}"
        self.emit(depth, f"{name} = {self.next() % 4}")
        test = self.random.choice([f"{name} > 0", f"{name}", "True", "1", f"{name} and c({self.next()})"])
        self.emit(depth, f"while {test}:")
        self.emit(depth + 1, f"{name} -= 1")
        if test in ("True", "1"):
            self.emit(depth + 1, f"if {name} < 0: break")
        self.block(depth + 1, True, False, False)
        if self.chance(0.3):
            self.emit(depth, "else:")
            self.block(depth + 1, False, False, star)

    def clause(self, star):
        error = self.random.choice(ERRORS[:5] + ERRORS[7:]) if not star else self.random.choice(["E1", "E2", "ValueError", "KeyError"])
        if self.chance(0.2):
            error = f"({error}, {self.random.choice(ERRORS[:5])})"
        return error + (" as e" if self.chance(0.5) else "")

    def try_(self, depth, loop, final, star):
        group = self.chance(0.15)
        self.emit(depth, "try:")
        if group and self.chance(0.7):
            self.emit(depth + 1, f"if c({self.next()}): raise ExceptionGroup('g', [E1(1), ValueError(2), ExceptionGroup('h', [KeyError(3)])])")
        self.block(depth + 1, loop, final, star)
        shape = self.random.random()
        if shape < 0.75:
            for _ in range(self.random.randint(1, 2)):
                self.emit(depth, f"except{'*' if group else ''} {self.clause(group)}:")
                if group:
                    self.block(depth + 1, False, final, True)
                else:
                    self.block(depth + 1, loop, final, star)
            if not group and self.chance(0.2):
                self.emit(depth, "except:")
                self.block(depth + 1, loop, final, star)
            if self.chance(0.3):
                self.emit(depth, "else:")
                self.block(depth + 1, loop, final, star)
        if shape > 0.5:
            self.emit(depth, "finally:")
            self.block(depth + 1, loop, True, star)

    def with_(self, depth, loop, final, star):
        word = "async with" if self.kind == "coroutine" and self.chance(0.5) else "with"
        managers = []
        for _ in range(self.random.randint(1, 2)):
            extra = self.random.choice(["", "", "", ", True", ", True", ", fails=1", ", fails=2"])
            managers.append(f"CM({self.next()}{extra})" + (" as x" if self.chance(0.3) else ""))
        self.emit(depth, f"{word} {', '.join(managers)}:")
        self.block(depth + 1, loop, final, star)

    def match_(self, depth, loop, final, star):
        self.emit(depth, f"match {self.random.choice(['a', 'x', '(a, 1)', '[a, 2, 3]', '{1: a}', self.value()])}:")
        for pattern in self.random.sample(["1", "[x, *_]", "(1 | 2) as x", "{1: x}", "int(real=x)", "[a, 2, *z]", "None", "str()"], 2):
            guard = f" if {self.condition()}" if self.chance(0.3) else ""
            self.emit(depth + 1, f"case {pattern}{guard}:")
            self.block(depth + 2, loop, final, star)
        if self.chance(0.5):
            self.emit(depth + 1, "case _:")
            self.block(depth + 2, loop, final, star)


def run(command, path):
    limit = "ulimit -v 4000000; exec timeout 20 \"$@\""
    done = subprocess.run(["/bin/bash", "-c", limit, "run", command, "-W", "ignore", path], capture_output=True)
    out, errors = (re.sub("0x[0-9a-f]+", "0x", text.decode(errors="replace")).splitlines() for text in (done.stdout, done.stderr))
    return done.returncode, out, errors


def compare(options, seed, path):
    """What differs, as lines; nothing if the runs agree."""
    text = Maker(seed, options.trace).program()
    try:
        compile(text, "program", "exec")
    except SyntaxError:
        return []
    Path(path).write_text(text, "utf-8")
    status, wanted, errors = run(ORACLE, path)
    own, found, own_errors = run(options.ounce, path)
    if (status, wanted, errors[-1:]) == (own, found, own_errors[-1:]):
        return []
    at = next((i for i, (a, b) in enumerate(zip(wanted, found)) if a != b), min(len(wanted), len(found)))
    show = [f"seed {seed}: line {at + 1}: {' | '.join(wanted[max(0, at - 3):at])}"]
    show.append(f"    cpython {status} {wanted[at:at + 2]} {errors[-1:]}")
    show.append(f"    ounce   {own} {found[at:at + 2]} {own_errors[-1:]}")
    return show


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--programs", type=int, default=100)
    parser.add_argument("--seconds", type=float, default=0, help="run that long instead of so many programs")
    parser.add_argument("--ounce", default=str(TOP / "build/ounce"))
    parser.add_argument("--trace", action="store_true", help="compare the events of sys.settrace too")
    parser.add_argument("--keep", help="a folder for the programs that differ")
    options = parser.parse_args()
    differences = programs = 0
    end = time.monotonic() + options.seconds
    with tempfile.TemporaryDirectory() as folder:
        seed = options.seed
        while time.monotonic() < end if options.seconds else programs < options.programs:
            path = str(Path(options.keep or folder, f"program{seed}.py"))
            shown = compare(options, seed, path)
            programs += 1
            seed += 1
            if shown:
                differences += 1
                print("\n".join(shown), flush=True)
            else:
                Path(path).unlink(missing_ok=True)
    print(f"{programs} programs, {differences} differences")
    sys.exit(differences > 0)


if __name__ == "__main__":
    main()
