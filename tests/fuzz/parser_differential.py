# SPDX-License-Identifier: MIT
"""Programs with random mistakes: trees, faults and warnings of the parser, compared with CPython's.

    make config=debug build/debug/unit/syntax/oracle_test
    python3.11 tests/fuzz/parser_differential.py build/debug/unit/syntax/oracle_test --seed 1 --count 30000

Snippets of CPython's tests are changed by a few tokens (removed, put in, exchanged).
"""
import argparse
import ast
import random
import re
import sys
import textwrap
import warnings
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "unit/syntax"))
import compare

PIECES = """( ) [ ] { } : , = == := + - * ** / . ... -> @ += < <> != if else elif for in not is and or lambda def
class return yield from import as with try except except* finally while del global pass None True print exec
match case _ x a.b 1 1j "s" f'{x}' f'{a b}' b"x" async await #c 0777 1_ $ ? ! ; assert raise nonlocal break
type é \""" ' ~ a[1] f(x) *a **k""".split() + ["\n", "\n    ", "\n  ", "    ", "\\\n", "\t", "\f", "x for x in y",
                                              "# type: int"]
TESTS = ("grammar", "syntax", "patma", "fstring", "named_expressions", "decorators", "with", "coroutines",
         "positional_only_arg", "except_star")
MODES = [("exec", 0), ("exec", 1), ("eval", 0), ("single", 0),
         ("single", compare.ALLOW_INCOMPLETE | compare.DONT_IMPLY_DEDENT)]


def statements():
    """Short statements of CPython's tests, and what these tests have as strings."""
    for name in TESTS:
        text = Path(f"{compare.LIB}/test/test_{name}.py").read_text(encoding="utf-8")
        lines = text.split("\n")
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.stmt) and node.end_lineno - node.lineno < 8:
                yield textwrap.dedent("\n".join(lines[node.lineno - 1:node.end_lineno])) + "\n"
    for snippet in compare.snippets():
        if isinstance(snippet, str):
            yield snippet


def change(source):
    parts = re.findall(r"\w+|\s+|[^\w\s]", source)
    for _ in range(random.choice([1, 1, 1, 2, 3])):
        if not parts:
            break
        at, what = random.randrange(len(parts)), random.random()
        if what < 0.3:
            del parts[at]
        elif what < 0.65:
            parts.insert(at, random.choice(PIECES) + random.choice(["", " "]))
        elif what < 0.85:
            parts[at] = random.choice(PIECES)
        else:
            other = random.randrange(len(parts))
            parts[at], parts[other] = parts[other], parts[at]
    return "".join(parts)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("program")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--count", type=int, default=30000)
    options = parser.parse_args()
    random.seed(options.seed)
    warnings.simplefilter("ignore")
    sources = [s for s in statements() if len(s) < 400 and "\0" not in s and s.isascii()]
    driver, different = compare.Driver(options.program), 0
    for _ in range(options.count):
        source, (mode, flags) = change(random.choice(sources)), random.choice(MODES)
        want, got = compare.expected(source, mode, flags), driver.ask(source, mode, flags)
        if want != got:
            different += 1
            print(f"{source!r} {mode} {flags}\n{compare.first_difference(want, got)}")
            if got == "CRASH":
                driver = compare.Driver(options.program)
    print(f"{options.count} compared, {different} different")
    return different != 0


if __name__ == "__main__":
    sys.exit(main())
