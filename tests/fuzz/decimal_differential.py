#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Random decimal arithmetic on Ounce and on CPython: results, flags and messages differ nowhere, or it is shown.

    decimal_differential.py [--seed N] [--operations N] [--ounce build/ounce]

Coefficients are at the edges of words and precisions, exponents at those of contexts, and contexts are of any kind
with some traps set.  Left out is power(), whose last digit is CPython's own affair.  exp() of a tiny
number where Emin is 0 is subnormal here and not there.
"""
import argparse
import itertools
import random
import re
import subprocess
import sys
from decimal import *
from pathlib import Path

TOP = Path(__file__).resolve().parents[2]
ORACLE = "/usr/bin/python3.11"

SIGNALS = [Clamped, InvalidOperation, DivisionByZero, Inexact, Rounded, Subnormal, Overflow, Underflow, FloatOperation]
ROUNDINGS = [ROUND_UP, ROUND_DOWN, ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_UP, ROUND_HALF_DOWN, ROUND_HALF_EVEN, ROUND_05UP]
PRECISIONS = [1, 2, 3, 9, 18, 19, 20, 28, 37, 38, 39, 50, 57, 100, 400, 1000]
LENGTHS = [1, 1, 2, 3, 8, 17, 18, 19, 20, 21, 36, 37, 38, 39, 40, 57, 58, 100, 380, 1000]
EXPONENTS = [0, 1, -1, 5, -5, 18, -19, 30, -30, 999, -999, 10 ** 6, -10 ** 6, MAX_EMAX, MIN_EMIN, MIN_ETINY, 10 ** 18, 10 ** 30]
FORMATS = ["", "f", "e", "g", ".3f", ".0e", "%", ".50f", "030", "<20", "^20.5g", "=+020,", ",", "z.2f", "#x", "10000"]
CONVERSIONS = ["__int__", "__trunc__", "__floor__", "__ceil__", "__round__", "__format__", "__hash__", "as_integer_ratio"]
OPERATORS = ["__" + name + "__" for name in "add sub mul truediv floordiv mod divmod eq lt radd rsub rfloordiv rmod".split()]
UNARY = ["__" + name + "__" for name in "abs neg pos int float str repr bool trunc floor ceil hash".split()]
NOT_COMPARED = {"power", "create_decimal_from_float", "from_float", "flags", "traps"}


def names(cls):
    return sorted(name for name in dir(cls) if name[0] != "_" and name not in NOT_COMPARED and callable(getattr(cls, name)))


class Maker:
    def __init__(self, seed):
        self.random = random.Random(seed)
        self.pick = self.random.choice

    def context(self):
        traps = [signal for signal in SIGNALS if self.random.random() < 0.15]
        return Context(prec=self.pick(PRECISIONS), rounding=self.pick(ROUNDINGS), Emin=self.pick([0, -1, -9, -999, MIN_EMIN]),
                       Emax=self.pick([0, 1, 9, 999, MAX_EMAX]), capitals=self.pick([0, 1]), clamp=self.pick([0, 1]),
                       flags=[], traps=traps)

    def text(self):
        sign, length, kind = self.pick(["", "-", "+"]), self.pick(LENGTHS), self.random.random()
        if kind < 0.05:
            return sign + self.pick(["inf", "nan", "snan", "NaN123"])
        digits = ("".join(self.random.choices("0123456789", k=length)) if kind < 0.3 else "9" * length if kind < 0.5 else
                  self.pick("15") + "0" * (length - 1) if kind < 0.8 else "0" * length if kind < 0.9 else "4" + "9" * (length - 1))
        if self.random.random() < 0.4:
            point = self.random.randrange(length + 1)
            digits = digits[:point] + "." + digits[point:]
        return sign + digits + (f"e{self.pick(EXPONENTS)}" if self.random.random() < 0.5 else "")

    def value(self):
        if self.random.random() < 0.15:
            return self.pick([0, 1, -1, 10, 2 ** 63, 2 ** 64, -2 ** 200, 10 ** 19, 1.5, 0.1, -1e300])
        with localcontext(Context(traps=[])):
            return Decimal(self.text())


def call(function, values):
    """With as many of the values as the function takes."""
    for count in range(3):
        try:
            return function(*values[:count])
        except TypeError:
            pass
    return function(*values)


def operate(make, context, values):
    name = make.pick(names(Context) if make.random.random() < 0.5 else names(Decimal) + OPERATORS + UNARY + CONVERSIONS)
    if name[0] != "_" and hasattr(Context, name) and make.random.random() < 0.5:
        return name, lambda: call(getattr(context, name), values)
    number = values[0] if isinstance(values[0], Decimal) else Decimal(2)
    if name in CONVERSIONS and number.is_finite() and max(abs(number.adjusted()), abs(number.as_tuple().exponent)) > 20000:
        return name, lambda: "too long"
    if name == "__hash__" and number.is_nan():
        return name, lambda: "by identity"
    if name == "__format__":
        return name, lambda: format(number, make.pick(FORMATS))
    if not hasattr(number, name):
        number = context
    arguments = [] if name in UNARY or name in CONVERSIONS else [values[1]] if name in OPERATORS else None
    return name, lambda: call(getattr(number, name), values[1:]) if arguments is None else getattr(number, name)(*arguments)


def child(seed, count):
    """Tell what comes of each operation."""
    for number in range(seed, seed + count):
        make = Maker(number)
        values = [make.value() for _ in range(3)]
        context = make.context()
        setcontext(context)
        name, action = operate(make, context, values)
        flags = "-"
        try:
            result = repr(action())
            flags = ",".join(sorted(signal.__name__ for signal in context.flags if context.flags[signal]))
        except MemoryError:
            result = "MemoryError"
        except TypeError:
            result = "TypeError"
        except (ArithmeticError, ValueError, AttributeError) as error:
            result = f"{type(error).__name__}: {error}"
        result = re.sub("0x[0-9a-f]+", "0x", result)
        print(number, name, result, flags, values, sep=" | ", flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--operations", type=int, default=10000)
    parser.add_argument("--ounce", default=str(TOP / "build/ounce"))
    parser.add_argument("--child", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.child:
        return child(options.seed, options.operations)
    words = [__file__, "--child", "--seed", str(options.seed), "--operations", str(options.operations)]
    runs = [subprocess.run([program, *words], capture_output=True, text=True) for program in (ORACLE, options.ounce)]
    differences = 0
    for wanted, found in itertools.zip_longest(*(run.stdout.splitlines() for run in runs), fillvalue="nothing"):
        if wanted != found and "MemoryError" not in wanted + found:
            differences += 1
            print(f"cpython {wanted[:300]}\nounce   {found[:300]}")
    print("".join(run.stderr[-2000:] for run in runs) + f"{options.operations} operations, {differences} differences")
    sys.exit(differences > 0 or any(run.returncode for run in runs))


if __name__ == "__main__":
    main()
