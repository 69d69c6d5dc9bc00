#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Make the files that come from the source: docs/opcodes.md and what tools/make_*.py make.

With --check nothing is written: differing files are named, and the exit status is 1.
A tool make_X.py has OUTPUT, a path below the top folder, and make(), which returns its text.
"""
import importlib.util
import re
import sys
from pathlib import Path

sys.dont_write_bytecode = True
TOP = Path(__file__).resolve().parent.parent
OPERAND = {
    "r": "register", "d": "destination", "s": "first of a run of temporaries", "n": "count", "k": "constant",
    "m": "name", "l": "local", "c": "cell", "f": "free variable", "j": "jump", "u": "forward jump",
    "J": "jump in B:C", "K": "constant in B:C", "I": "immediate in B:C", "i": "small number",
}


def opcodes():
    """The instructions as tables, a section for each comment line before them."""
    text = (TOP / "src/bytecode/opcodes.def").read_text()
    lines = ["# Instructions", "", "<!-- Made by tools/generate.py from src/bytecode/opcodes.def. -->", "",
             "An instruction is a 64-bit word, `op:8 | aux:8 | A:16 | B:16 | C:16`, and the further words it names.",
             "Operands: " + ", ".join(f"`{letter}` {meaning}" for letter, meaning in OPERAND.items()) + ".",
             "Traits: `R` may raise, `J` jumps, `C` has an inline cache, `F` control does not fall through.", ""]
    section = open_table = None
    for line in text[text.index("\nOP(") - 200:].splitlines():
        if match := re.match(r'OP\((\w+), "(.*?)", (\d+), (\w+), "(.*)"\)', line):
            if not open_table:
                lines += [f"## {section}", "", "| instruction | A B C | words | traits | meaning |",
                          "|---|---|--:|---|---|"]
                open_table = True
            name, operands, words, traits, meaning = match.groups()
            meaning = meaning.replace("|", "\\|").replace('\\"', '"')
            lines.append(f"| {name} | `{operands}` | {words} | {traits if traits != '0' else ''} | {meaning} |")
        elif line.startswith("// "):
            section = line[3:].split(":")[0].split(".")[0]
            if open_table:
                lines.append("")
            open_table = None
    return "\n".join(lines) + "\n"


def outputs():
    """Each generated file and the function that makes its text."""
    found = {"docs/opcodes.md": opcodes}
    for path in sorted((TOP / "tools").glob("make_*.py")):
        spec = importlib.util.spec_from_file_location(path.stem, path)
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        found[module.OUTPUT] = module.make
    return found


def main():
    differing = []
    for name, make in outputs().items():
        path, text = TOP / name, make()
        if path.exists() and path.read_text() == text:
            continue
        if sys.argv[1:] == ["--check"]:
            differing.append(name)
        else:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
            print(f"  made  {name}")
    if differing:
        sys.exit("generate: not up to date, run make docs: " + ", ".join(differing))


if __name__ == "__main__":
    main()
