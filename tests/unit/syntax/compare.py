# SPDX-License-Identifier: MIT
"""Compare trees, faults and warnings of oracle_test with those of CPython 3.11.

    python3.11 compare.py PATH_OF_ORACLE_TEST [--full] [snippets] [FILE_OR_FOLDER...]

Without --full a sample of the standard library is parsed, and each snippet in two modes, so that the
test stays fast.  The snippets are those of snippets.txt and the strings in CPython's own syntax
tests, when the package with them is installed.
"""
import ast
import os
import re
import subprocess
import sys
import warnings

LIB = "/usr/lib/python3.11"
HERE = os.path.dirname(os.path.abspath(__file__))
MODES = {"exec": 0, "single": 1, "eval": 2, "func_type": 3}
DONT_IMPLY_DEDENT, ALLOW_INCOMPLETE, IGNORE_COOKIE = 4, 8, 16


def text(value):
    return "'" + "".join(
        c if 32 <= ord(c) < 127 and c not in "'\\" else "\\u{%x}" % ord(c) for c in value) + "'"


def number(value):
    return "inf" if value == float("inf") else value.hex().replace("0x0.0p+0", "0x0p+0")


def constant(value):
    if value is None or value is True or value is False or value is Ellipsis:
        return "Ellipsis" if value is Ellipsis else str(value)
    if isinstance(value, int):
        return str(value) if value < 2 ** 63 else ("big", value)
    if isinstance(value, float):
        return number(value)
    if isinstance(value, complex):
        return number(value.imag) + "j"
    if isinstance(value, bytes):
        return "b'" + "".join("\\x%02x" % b for b in value) + "'"
    return text(value)


def dump(node, out):
    """The form that ast_dump prints."""
    if isinstance(node, ast.AST):
        out.append(type(node).__name__ + "(")
        first = True
        for name in node._fields:
            if not first:
                out.append(", ")
            first = False
            out.append(name + "=")
            value = getattr(node, name)
            if name == "value" and isinstance(node, (ast.Constant, ast.MatchSingleton)):
                value = constant(value)
                if isinstance(value, tuple):
                    value = "big(?)"
                out.append(value)
            else:
                dump(value, out)
        if node._attributes:
            out.append("%s%d:%d-%d:%d" % ("" if first else ", ", node.lineno, node.col_offset,
                                          node.end_lineno, node.end_col_offset))
        out.append(")")
    elif isinstance(node, list):
        out.append("[")
        for i, item in enumerate(node):
            if i:
                out.append(", ")
            dump(item, out)
        out.append("]")
    elif isinstance(node, str):
        out.append(text(node))
    else:
        out.append(str(node))


def shorten(line):
    """Floats and large ints are written in one way."""
    line = re.sub(r"big\([0-9a-fA-F]*,\d+\)", "big(?)", line)
    return re.sub(r"(0x\d(?:\.[0-9a-f]*?)?)0*p", lambda m: m[1].rstrip(".") + "p", line)


def expected(source, mode="exec", flags=0):
    """What CPython says: warnings, and a tree or the lines of a fault."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        result = expected_result(source, mode, flags)
    return "".join("warning %s line %d: %s\n" % (w.category.__name__, w.lineno, w.message)
                   for w in caught) + result


def expected_result(source, mode, flags):
    compiler_flags = ast.PyCF_ONLY_AST
    if flags & DONT_IMPLY_DEDENT:
        compiler_flags |= 0x200
    if flags & ALLOW_INCOMPLETE:
        compiler_flags |= 0x4000
    if flags & 1:
        compiler_flags |= ast.PyCF_TYPE_COMMENTS
    try:
        tree = compile(source, "<f>", mode, compiler_flags, True)
    except SyntaxError as e:
        message, place = e.args[0], e.args[1]
        where = "at %d:%d" % (place[1], place[2])
        if len(place) > 4:
            where += "-%d:%d" % (place[4], place[5])
        shown = place[3]
        return "%s: %s\n%s %s" % (type(e).__name__, message, where,
                                  "None" if shown is None else text(shown))
    except (ValueError, RecursionError, MemoryError) as e:
        return "%s: %s" % (type(e).__name__, e)
    out = []
    dump(tree, out)
    return shorten("".join(out))


class Driver:
    def __init__(self, program):
        self.process = subprocess.Popen([program, "-w", "-"], stdin=subprocess.PIPE,
                                        stdout=subprocess.PIPE)

    def ask(self, source, mode="exec", flags=0):
        if isinstance(source, str):
            source = source.encode("utf-8", "surrogatepass")
            flags |= IGNORE_COOKIE
        pipe = self.process.stdin
        pipe.write(b"%d %d %d\n" % (len(source), flags, MODES[mode]) + source)
        pipe.flush()
        lines = []
        while True:
            line = self.process.stdout.readline()
            if not line:
                return "CRASH"
            if line == b"=====\n":
                break
            lines.append(line.decode("utf-8", "surrogatepass").rstrip("\n"))
        if lines and lines[0].startswith("ValueError"):
            del lines[1:]
        return shorten("\n".join(lines))


def quoted_sources(path):
    """Every string in a test file that could be a program."""
    with open(path, encoding="utf-8") as file:
        tree = ast.parse(file.read())
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value
            yield from doctests(node.value)


def doctests(doc):
    lines, source = doc.split("\n"), []
    for line in lines + [""]:
        match = re.match(r"\s*(>>>|\.\.\.) ?(.*)", line)
        if match and match[1] == "...":
            source.append(match[2])
            continue
        if source:
            yield "\n".join(source) + "\n"
        source = [match[2]] if match else []


def snippets():
    with open(os.path.join(HERE, "snippets.txt"), encoding="utf-8") as file:
        for line in file:
            if line.strip() and not line.startswith("##"):
                yield ast.literal_eval(line)
    for name in ("test_syntax", "test_fstring", "test_exceptions", "test_grammar", "test_patma",
                 "test_eof", "test_string_literals", "test_unpack_ex", "test_named_expressions",
                 "test_positional_only_arg", "test_generators", "test_genexps", "test_listcomps",
                 "test_type_comments", "test_except_star", "test_codeop", "test_future",
                 "test_coroutines", "test_compile", "test_ast", "test_unparse", "test_parser",
                 "test_with", "test_decorators", "test_global", "test_keywordonlyarg",
                 "test_dictcomps", "test_setcomps", "test_extcall", "test_metaclass"):
        path = "%s/test/%s.py" % (LIB, name)
        if os.path.exists(path):
            yield from quoted_sources(path)


def files(paths):
    for path in paths:
        if os.path.isfile(path):
            yield path
        for folder, _, names in sorted(os.walk(path)):
            for name in sorted(names):
                if name.endswith(".py"):
                    yield os.path.join(folder, name)


def first_difference(a, b):
    at = next((i for i, (x, y) in enumerate(zip(a, b)) if x != y), min(len(a), len(b)))
    return "  want ...%s\n  got  ...%s" % (a[max(0, at - 80):at + 100], b[max(0, at - 80):at + 100])


def main():
    arguments = sys.argv[1:]
    full = "--full" in arguments
    arguments = [a for a in arguments if a != "--full"]
    program, paths = arguments[0], arguments[1:]
    warnings.simplefilter("ignore")
    sys.setrecursionlimit(20000)
    driver = Driver(program)
    bad = total = 0
    sources = list(files([p for p in paths if p != "snippets"] or [LIB] * (not paths)))
    if not full and not paths:
        sources = sources[::20]
    for path in sources:
        with open(path, "rb") as file:
            source = file.read()
        total += 1
        want, got = expected(source), driver.ask(source)
        if got.startswith("codec:"):
            continue
        if want != got:
            bad += 1
            print(path + "\n" + first_difference(want, got))
            if got == "CRASH":
                driver = Driver(program)
    if not paths or "snippets" in paths:
        seen = set()
        modes = [("exec", 0), ("eval", 0), ("single", 0),
                 ("single", ALLOW_INCOMPLETE | DONT_IMPLY_DEDENT), ("exec", 1), ("func_type", 0)]
        for source in snippets():
            for mode, flags in modes if full else modes[:1] + modes[1 + len(seen) % 5:][:1]:
                if (source, mode, flags) in seen:
                    continue
                seen.add((source, mode, flags))
                try:
                    if isinstance(source, str):
                        source.encode()
                except UnicodeEncodeError:
                    continue
                total += 1
                want, got = expected(source, mode, flags), driver.ask(source, mode, flags)
                if got.startswith("codec:"):
                    continue
                if want != got:
                    bad += 1
                    print("%r %s %d\n%s" % (source[:1000], mode, flags,
                                            first_difference(want, got)))
                    if got == "CRASH":
                        driver = Driver(program)
    print("%d compared, %d different" % (total, bad))
    return bad != 0


if __name__ == "__main__":
    sys.exit(main())
