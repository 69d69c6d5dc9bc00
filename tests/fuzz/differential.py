#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Random calls and operators on builtin values, on Ounce and on CPython: what differs is printed.

    differential.py [--seed N] [--programs N] [--cases N] [--ounce build/ounce] [--only WORD]

A case is one expression; its result or its exception, with the message, must be the same.  A program
of many cases is one process, so that a crash names the case at which it happened.
"""
import argparse
import random
import subprocess
import sys
import tempfile
import warnings
from pathlib import Path

TOP = Path(__file__).resolve().parents[2]
ORACLE = "/usr/bin/python3.11"

PRELUDE = r'''
import sys
def show(number, f, text):
    sys.stdout.write("%d " % number)
    sys.stdout.flush()
    try:
        result = f()
        words = repr(result) if type(result).__name__ not in HIDDEN else type(result).__name__
        if type(result).__name__ in LAZY:
            words += " " + repr([x for x, _ in zip(result, range(20))])
        words = type(result).__name__ + " " + words
    except RecursionError as e:
        words = "RecursionError"
    except Exception as e:
        words = type(e).__name__ + ": " + str(e)
    words = words.split(" at 0x")[0]
    sys.stdout.write(ascii(words[:300]) + "\t" + text + "\n")
HIDDEN = {"builtin_function_or_method", "method-wrapper", "generator", "function", "object"}
LAZY = {"map", "filter", "zip", "enumerate", "reversed", "list_iterator", "tuple_iterator", "str_iterator",
        "range_iterator", "str_ascii_iterator", "bytes_iterator", "dict_keyiterator", "list_reverseiterator",
        "dict_keys", "dict_values", "dict_items", "longrange_iterator", "callable_iterator"}
class Index:
    def __index__(self): return 2
class Sub(int): pass
class Str(str): pass
class List(list): pass
class Dict(dict):
    def __missing__(self, key): return "missing"
class Odd:
    def __eq__(self, other): return NotImplemented
    def __len__(self): return 3
    def __getitem__(self, i):
        if i in (0, 1, 2): return i * 10
        raise IndexError("odd")
    def __repr__(self): return "Odd()"
    def __hash__(self): return 7
class Ops:
    def __add__(self, other): return "add"
    def __radd__(self, other): return "radd"
    def __lt__(self, other): return "lt"
    def __contains__(self, other): return other == 1
    def __call__(self, *a, **k): return a, k
    def __repr__(self): return "Ops()"
    def __format__(self, spec): return "<" + spec + ">"
    def __float__(self): return 2.5
    def __bool__(self): return False
    def __mul__(self, other): return NotImplemented
'''

VALUES = {
    "int": ["0", "1", "-1", "2", "3", "7", "-5", "255", "10 ** 20", "-2 ** 70", "2 ** 62", "-2 ** 62", "2 ** 63 - 1",
            "Sub(4)", "1 << 100", "97"],
    "bool": ["True", "False"],
    "float": ["0.0", "-0.0", "1.5", "-2.5", "1e300", "5e-324", "float('inf')", "float('nan')", "3.0", "0.1", "1e16", "123456.789"],
    "complex": ["1j", "2 - 3j", "0j"],
    "str": ["''", "'a'", "'abc'", "'hello world'", "'é€'", "'\\U0001f600x'", "' \\t\\n'", "'AbC dEf'", "'123'", "'a,b,,c'", "'ab' * 5",
            "Str('sub')", "'%s-%d'", "'{} {x}'", "'\\ud800'", "'ß'", "'utf-8'", "'x=1'"],
    "bytes": ["b''", "b'a'", "b'abc'", "b'\\xff\\x00'", "b'a,b,c'", "b'12 34'", "bytearray(b'xyz')", "bytearray()", "memoryview(b'view')"],
    "list": ["[]", "[1]", "[3, 1, 2]", "['b', 'a']", "[[1], [2]]", "[None, 1.5]", "List([1, 2])", "list(range(10))"],
    "tuple": ["()", "(1,)", "(1, 2, 3)", "('a', 'b')", "((1, 2), (3, 4))", "(None,)"],
    "dict": ["{}", "{'a': 1}", "{1: 2, 3: 4}", "{'a': [1], 'b': None}", "Dict(x=1)", "{(1, 2): 'k'}"],
    "set": ["set()", "{1}", "{2, 1}", "frozenset()", "frozenset([1, 2])", "{'a'}"],
    "range": ["range(0)", "range(5)", "range(1, 10, 3)", "range(10, 0, -2)", "range(10 ** 20, 10 ** 20 + 3)"],
    "slice": ["slice(None)", "slice(1, 3)", "slice(None, None, -1)", "slice(-2, None, 2)"],
    "other": ["None", "...", "NotImplemented", "int", "str", "list", "len", "Odd()", "Ops()", "Index()", "lambda x: x", "object()",
              "dict", "type", "print", "str.upper", "ValueError", "ValueError('v')", "list[int]", "int | None"],
}
BINARY = ["+", "-", "*", "/", "//", "%", "**", "<<", ">>", "&", "|", "^", "@", "<", "<=", "==", "!=", ">", ">=", "in", "not in", "and", "or"]
UNARY = ["-", "+", "~", "not "]
BUILTINS = ("abs all any ascii bin bool bytes bytearray callable chr complex dict divmod enumerate filter float format frozenset "
            "getattr hasattr hash hex int isinstance issubclass iter len list map max memoryview min next oct ord pow range repr "
            "reversed round set slice sorted str sum tuple type vars zip").split()
SPECS = ["", "5", "<5", "^7", "*>6", "d", "x", "#x", "08.2f", ".3", ",", "_", "+", "e", "g", "%", "s", "c", "b", "n", "=+8", ".0f", "z.1f", "r",
         "10.3s", "0", "-", "<", "{}", "5.", "!r", "020,.3f", "#o", ".10g", " "]
SKIPPED = {"__class__", "__subclasshook__", "__init_subclass__", "__dir__", "__sizeof__", "__reduce__", "__reduce_ex__", "__getstate__",
           "__new__", "__del__", "__doc__", "__getattribute__", "__hash__", "__delattr__", "__setattr__", "__dict__", "__weakref__",
           "__module__", "__buffer__", "__release_buffer__", "__init__", "__getnewargs__", "__repr__", "__str__"}


class Maker:
    def __init__(self, seed):
        self.random = random.Random(seed)
        self.pool = [value for values in VALUES.values() for value in values]

    def value(self, depth=1):
        if depth and self.random.random() < 0.12:
            return "(" + self.case(depth - 1) + ")"
        return self.random.choice(self.pool)

    def arguments(self, most=3):
        return ", ".join(self.value(0) for _ in range(self.random.choice(range(most + 1))))

    def case(self, depth=1):
        """A random expression."""
        kind = self.random.random()
        if kind < 0.3:
            return f"{self.value(depth)} {self.random.choice(BINARY)} {self.value(depth)}"
        if kind < 0.34:
            return f"{self.random.choice(UNARY)}{self.value(depth)}"
        if kind < 0.42:
            return f"({self.value(depth)})[{self.value(0)}]"
        if kind < 0.55:
            return f"{self.random.choice(BUILTINS)}({self.arguments()})"
        if kind < 0.65:
            return f"format({self.value(depth)}, {self.random.choice(SPECS)!r})"
        if kind < 0.70:
            form = self.random.choice(["%s", "%r", "%d", "%5.2f", "%x", "%c", "%-6s|", "%+d", "%%", "%(a)s", "%e", "%*d", "%i %s"])
            return f"{form!r} % {self.value(0)}"
        if kind < 0.74:
            form = self.random.choice(["{}", "{!r:>8}", "{0}{0}", "{:{}}", "{a}", "{0[0]}", "{0.real}", "{:,}", "{!a}", "{:d}"])
            return f"{form!r}.format({self.arguments()})"
        owner = self.random.choice(list(VALUES))
        value = self.random.choice(VALUES[owner])
        try:
            names = [name for name in dir(eval(value, {"__builtins__": __builtins__}, STAND_INS)) if name not in SKIPPED]
        except Exception:
            names = ["x"]
        if not names:
            return f"({value}).x"
        name = self.random.choice(names)
        return f"({value}).{name}({self.arguments()})" if self.random.random() < 0.95 else f"({value}).{name}"

    def program(self, cases):
        lines = [PRELUDE]
        for number in range(cases):
            case = self.case()
            if too_large(case):
                continue
            try:
                compile(case, "case", "eval")
            except SyntaxError:
                continue
            lines.append(f"show({number}, lambda: {case}, {case!r})")
        return "\n".join(lines) + "\n"


STAND_INS = {name: type(name, (base,), {}) for name, base in
             (("Sub", int), ("Str", str), ("List", list), ("Dict", dict), ("Odd", object), ("Ops", object), ("Index", object))}


def too_large(case):
    """Cases whose answer takes for ever, or tells of the machine."""
    big = ("10 ** 20", "2 ** 6", "2 ** 7", "1 << 100", "1e300", "1e16", "range(10 ** 20")
    if any(word in case for word in big) and any(word in case for word in (
            "**", "<<", "*", "bytes", "pow", "center", "just", "zfill", "expandtabs", "list(", "tuple(", "sum(", "set(", "range",
            "to_bytes", "__pow__", "__rpow__", "__lshift__", "__rlshift__", "__mul__", "format", "%")):
        return True
    return any(word in case for word in ("hash(", "id(", "vars()", "object(", "input", "print(", "__format__", "print.",
                                         "type.", "__text_signature__", "__qualname__", "__module__", "getrefcount", "int.__", "print)", "__subclasses__"))


def run(command, path):
    try:
        done = subprocess.run([command, path], capture_output=True, timeout=60, env={"PYTHONHASHSEED": "0", "PATH": "/usr/bin"})
    except subprocess.TimeoutExpired as error:
        return "timeout", (error.stdout or b"").decode(errors="replace").splitlines()
    return done.returncode, done.stdout.decode(errors="replace").splitlines()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--programs", type=int, default=10)
    parser.add_argument("--cases", type=int, default=500)
    parser.add_argument("--ounce", default=str(TOP / "build/ounce"))
    parser.add_argument("--only", default="", help="show differences whose expression holds this word")
    options = parser.parse_args()
    warnings.simplefilter("ignore")
    differences = cases = 0
    with tempfile.TemporaryDirectory() as folder:
        path = str(Path(folder, "case.py"))
        for seed in range(options.seed, options.seed + options.programs):
            Path(path).write_text(Maker(seed).program(options.cases), "utf-8")
            _, wanted = run(ORACLE, path)
            status, found = run(options.ounce, path)
            cases += len(wanted)
            for want, got in zip(wanted, found):
                if want != got and options.only in want:
                    differences += 1
                    answer, text = want.split("\t", 1) if "\t" in want else (want, "")
                    print(f"{text}\n    cpython {answer}\n    ounce   {got.split(chr(9))[0]}")
            if len(found) < len(wanted) or found and "\t" not in found[-1]:
                differences += 1
                print(f"seed {seed}: ended with {status} at: {wanted[min(len(found), len(wanted)) - 1]}")
    print(f"{cases} cases, {differences} differences")
    sys.exit(differences > 0)


if __name__ == "__main__":
    main()
