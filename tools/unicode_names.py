#!/usr/bin/python3.11
# SPDX-License-Identifier: MIT
"""Write src/base/unicode_names.gen.h: the names of characters, packed.

A name is a row of word numbers (one byte for the 200 commonest, else two) that ends with word 0.
Names come from Python 3.11's unicodedata (Unicode 14); aliases and named sequences from Debian's
unicode-data, as far as that version has them.  Usage: unicode_names.py [OUTPUT]
"""
import collections
import re
import sys
import unicodedata
from pathlib import Path

OUTPUT = Path(__file__).parent.parent / "src/base/unicode_names.gen.h"
DATA = Path("/usr/share/unicode")
STEP = 16  # one offset is kept for so many words or names


def read_names():
    """Names by number with their runs of characters, and the ranges whose names end in the code."""
    names, runs, ranges = [], [], []
    for code in range(0x110000):
        name = unicodedata.name(chr(code), "")
        if not name or name.startswith("HANGUL SYLLABLE "):
            continue
        prefix = name.removesuffix(f"{code:04X}")
        if prefix != name and prefix.endswith("-"):
            if ranges and ranges[-1][1] == code - 1 and ranges[-1][2] == prefix:
                ranges[-1][1] = code
            else:
                ranges.append([code, code, prefix])
            continue
        if runs and runs[-1][0] + runs[-1][1] == code:
            runs[-1][1] += 1
        else:
            runs.append([code, 1, len(names)])
        names.append(name)
    return names, runs, ranges


def read_extra():
    """Aliases and named sequences: (name, characters)."""
    extra = []
    for line in (DATA / "NameAliases.txt").read_text().splitlines():
        if match := re.match(r"([0-9A-F]+);([^;]+);", line):
            extra.append((match[2], [int(match[1], 16)]))
    for line in (DATA / "NamedSequences.txt").read_text().splitlines():
        if match := re.match(r"([^#;]+);([0-9A-F ]+)$", line):
            extra.append((match[1], [int(code, 16) for code in match[2].split()]))
    return [(name, codes) for name, codes in extra if known(name, codes)]


def known(name, codes):
    try:
        return unicodedata.lookup(name) == "".join(map(chr, codes))
    except KeyError:
        return False


def pack(names, numbers):
    """The rows of word numbers one after another, and the offset of every STEP-th."""
    data, offsets = bytearray(), []
    for i, name in enumerate(names):
        if i % STEP == 0:
            offsets.append(len(data))
        for word in [*map(numbers.get, name.split(" ")), 0]:
            data += bytes([word]) if word < 200 else bytes([200 + (word - 200 >> 8), word - 200 & 255])
    return data, offsets


def array(kind, name, entries):
    text, line = f"static const {kind} {name}[] = {{\n", "   "
    for entry in map(str, entries):
        if len(line) + len(entry) > 97:
            text += line + "\n"
            line = "   "
        line += f" {entry},"
    return text + line + "\n};\n"


def main(output):
    names, runs, ranges = read_names()
    extra = read_extra()
    every = names + [name for name, _ in extra]
    counts = collections.Counter(word for name in every for word in name.split(" "))
    words = sorted(counts, key=lambda word: (-counts[word], word))
    assert len(words) + 1 < 200 + 56 * 256 and len(every) < 65536
    numbers = {word: i + 1 for i, word in enumerate(words)}
    data, offsets = pack(every, numbers)
    blob, starts = bytearray(), []
    for i, word in enumerate(words):
        if i % STEP == 0:
            starts.append(len(blob))
        blob += word.encode()[:-1] + bytes([ord(word[-1]) | 128])
    extra_codes = [f"{{{len(codes)}, {{{', '.join(map(hex, codes))}}}}}" for _, codes in extra]
    parts = ["// SPDX-License-Identifier: MIT\n// Made by tools/unicode_names.py: do not edit.\n"
             "// clang-format off\n",
             f"#define NAMES {len(names)}\n#define STEP {STEP}\n",
             array("uint8_t", "word_text", blob), array("uint32_t", "word_offsets", starts),
             array("uint8_t", "name_words", data), array("uint32_t", "name_offsets", offsets),
             array("uint16_t", "sorted", sorted(range(len(every)), key=every.__getitem__)),
             array("NameRun", "runs", ["{%#x, %d, %d}" % tuple(run) for run in runs]),
             array("NameRange", "ranges", ['{%#x, %#x, "%s"}' % tuple(r) for r in ranges]),
             array("NameExtra", "extra", extra_codes)]
    Path(output).write_text("".join(parts))


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else OUTPUT)
