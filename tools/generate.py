#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Make the files that come from the source: docs/opcodes.md and the generated headers.

A generated file `x.gen.h` names its tool near its top, "Made by tools/NAME.py"; the tool writes it to
the path that it is given.  With --check nothing is written: files that differ are named, and the exit
status is 1.
"""
import re
import subprocess
import sys
import tempfile
from pathlib import Path

sys.dont_write_bytecode = True
TOP = Path(__file__).resolve().parent.parent
OPERAND = {
    "r": "register", "d": "destination", "s": "first of a run of temporaries", "n": "count", "k": "constant",
    "m": "name", "l": "local", "c": "cell", "f": "free variable", "j": "jump", "u": "forward jump",
    "J": "jump in B:C", "K": "constant in B:C", "I": "immediate in B:C", "i": "small number",
    "M": "name in B:C", "F": "free variable in B:C", "V": "spilled local in B:C", "N": "count in B:C",
}


def opcodes():
    """The instructions as tables, a section for each comment line before them."""
    text = (TOP / "src/bytecode/opcodes.def").read_text()
    lines = ["# Instructions", "", "<!-- Made by tools/generate.py from src/bytecode/opcodes.def. -->", "",
             "An instruction is a 64-bit word, `op:8 | aux:8 | A:16 | B:16 | C:16`, and the further words it names.",
             "Operands: " + ", ".join(f"`{letter}` {meaning}" for letter, meaning in OPERAND.items()) + ".",
             "A fourth letter stands for the next word.",
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


def generated(path):
    """The text that the tool named in a generated file makes."""
    tool = re.search(r"Made by (tools/\w+\.py)", path.read_text()[:400])[1]
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run([sys.executable, TOP / tool, Path(folder, "out")], check=True)
        return Path(folder, "out").read_text()


def outputs():
    """Each file and the text that it must have."""
    yield TOP / "docs/opcodes.md", opcodes()
    for path in sorted(TOP.glob("src/*/*.gen.h")):
        yield path, generated(path)


def main():
    differing = []
    for path, text in outputs():
        name = str(path.relative_to(TOP))
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
