#!/usr/bin/python3.11
# SPDX-License-Identifier: MIT
"""Write src/base/unicode.gen.h: what the Unicode database says of each character.

The database is the one in Python 3.11's unicodedata (Unicode 14), so that Ounce and CPython agree
about every character.  Usage: unicode_tables.py [OUTPUT]
"""
import sys
import unicodedata
from pathlib import Path

OUTPUT = Path(__file__).parent.parent / "src/base/unicode.gen.h"
LIMIT = 0x110000
TYPES = ("canonical <font> <noBreak> <initial> <medial> <final> <isolated> <circle> <super> <sub> "
         "<vertical> <wide> <narrow> <small> <square> <fraction> <compat>").split()
FLAGS = ("ALPHA DECIMAL DIGIT NUMERIC LOWER UPPER TITLE SPACE PRINTABLE START CONTINUE CASED "
         "IGNORABLE LINE_BREAK EXTENDED MIRRORED DECOMPOSES NFC NFKC NFD NFKD").split()
CATEGORIES = "Cn Lu Ll Lt Lm Lo Mn Mc Me Nd Nl No Pc Pd Ps Pe Pi Pf Po Sm Sc Sk So Zs Zl Zp Cc Cf Cs Co".split()
BIDI = " L LRE LRO R AL RLE RLO PDF EN ES ET AN CS NSM BN B S WS ON LRI RLI FSI PDI".split(" ")
WIDTHS = "F H W Na A N".split()


def is_cased(c, category):
    """Is c a letter with case?  (Sigma's neighbour does not tell: it looks past ignorable ones.)"""
    return c.islower() or c.isupper() or category == "Lt"


def is_ignorable(c):
    """Is c skipped when the end of a word is looked for (the two forms of small sigma)?"""
    return ("A" + c + "\u03a3").lower()[-1] == "\u03c2" and (c + "\u03a3").lower()[-1] == "\u03c3"


def read_decompositions():
    """Each character's own mapping (type, characters), and the pairs that compose."""
    mappings, pairs = [], []
    for code in range(LIMIT):
        kind, *parts = unicodedata.decomposition(chr(code)).split() or ("",)
        if not kind:
            continue
        if not kind.startswith("<"):
            kind, parts = "canonical", [kind, *parts]
        parts = [int(part, 16) for part in parts]
        mappings.append((code, TYPES.index(kind), parts))
        if kind == "canonical" and len(parts) == 2 and unicodedata.is_normalized("NFC", chr(code)):
            pairs.append((*parts, code))
    return mappings, sorted(pairs)


MAPPINGS, PAIRS = read_decompositions()
SECONDS = {second for _, second, _ in PAIRS} | set(range(0x1161, 0x1176)) | set(range(0x11a8, 0x11c3))


def normal_flags(c):
    """Is the character safe in each normal form, whatever stands before it?"""
    for form in ("NFC", "NFKC", "NFD", "NFKD"):
        composes = form in ("NFC", "NFKC") and ord(c) in SECONDS
        yield unicodedata.is_normalized(form, c) and not composes


def flags_of(c, extended):
    category = unicodedata.category(c)
    tests = (c.isalpha(), c.isdecimal(), c.isdigit(), c.isnumeric(), c.islower(), c.isupper(),
             category == "Lt", c.isspace(), c.isprintable(), c.isidentifier(),
             ("a" + c).isidentifier(), is_cased(c, category), is_ignorable(c),
             len(("a" + c + "b").splitlines()) == 2, extended, bool(unicodedata.mirrored(c)), bool(unicodedata.decomposition(c)),
             *normal_flags(c))
    return sum(1 << i for i, test in enumerate(tests) if test)


def read():
    """The records, the index of each character's record, what has a long case mapping, numbers."""
    records, index, extended, numbers = {}, [], [], []
    for code in range(LIMIT):
        c = chr(code)
        cases = c.upper(), c.lower(), c.title(), c.casefold()
        is_extended = any(len(case) > 1 for case in cases) or cases[3] != cases[1]
        deltas = [0 if is_extended else ord(case) - code for case in cases[:3]]
        if is_extended:
            extended.append((code, cases))
        if c.isnumeric():
            numbers.append((code, unicodedata.numeric(c)))
        record = (flags_of(c, is_extended), *deltas,
                  unicodedata.decimal(c, 255), unicodedata.digit(c, 255),
                  CATEGORIES.index(unicodedata.category(c)),
                  BIDI.index(unicodedata.bidirectional(c)),
                  unicodedata.combining(c), WIDTHS.index(unicodedata.east_asian_width(c)))
        index.append(records.setdefault(record, len(records)))
    return list(records), index, extended, numbers


def properties(database, c):
    """What Unicode 3.2 may have told otherwise, as CPython's view of it does."""
    return (database.decimal(c, 255), CATEGORIES.index(database.category(c)),
            BIDI.index(database.bidirectional(c)), database.combining(c),
            WIDTHS.index(database.east_asian_width(c)), database.mirrored(c))


def read_old():
    """Unicode 3.2, for string preparation: its records that differ from today's (the first stands
    for today's), where each run of characters with the same one begins, changed decompositions."""
    old, records, runs, corrections = unicodedata.ucd_3_2_0, {None: 0}, [], []
    for code in range(LIMIT):
        c = chr(code)
        record = properties(old, c)
        place = records.setdefault(None if record == properties(unicodedata, c) else record,
                                   len(records))
        if place != (runs[-1][1] if runs else None):
            runs.append((code, place))
        decomposed = old.normalize("NFD", c)
        if decomposed not in (c, unicodedata.normalize("NFD", c)):
            corrections.append((code, ord(decomposed)))
    return list(records)[1:], runs, corrections


def split(index):
    """The index in two levels, with the block size that makes it smallest."""
    best = None
    for shift in range(5, 10):
        blocks, first = {}, []
        for at in range(0, LIMIT, 1 << shift):
            block = tuple(index[at:at + (1 << shift)])
            first.append(blocks.setdefault(block, len(blocks)))
        second = [entry for block in blocks for entry in block]
        size = 2 * len(first) + 2 * len(second)
        if best is None or size < best[0]:
            best = size, shift, first, second
    return best[1:]


def fraction(number):
    for bottom in (1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 12, 16, 20, 32, 40, 64, 80, 160, 320):
        top = round(number * bottom)
        if top / bottom == number:
            return top, bottom
    raise ValueError(number)


def array(kind, name, entries):
    text, line = f"static const {kind} {name}[] = {{\n", "   "
    for entry in entries:
        if len(line) + len(entry) > 97:
            text += line + "\n"
            line = "   "
        line += f" {entry},"
    return text + line + "\n};\n"


def main(output):
    records, index, extended, numbers = read()
    shift, first, second = split(index)
    cases, places = [], []
    for code, mappings in extended:
        places.append(f"{{0x{code:x}, {len(cases)}}}")
        for mapping in mappings:
            cases += [len(mapping), *map(ord, mapping)]
    parts = ["// SPDX-License-Identifier: MIT\n// Made by tools/unicode_tables.py: do not edit.\n"
             "// clang-format off\n",
             f'const char oz_unicode_version[] = "{unicodedata.unidata_version}";\n']
    parts += [f"static_assert(OZ_CHAR_{name} == 0x{1 << i:04x}, \"\");\n"
              for i, name in enumerate(FLAGS)]
    parts += [f"#define OZ_UNICODE_SHIFT {shift}\n"]
    for name, values in (("categories", CATEGORIES), ("bidi", BIDI), ("widths", WIDTHS)):
        quoted = [f'"{value}"' for value in values]
        parts.append(array("char *const", f"unicode_{name}", quoted))
    parts.append(array("UnicodeRecord", "unicode_records",
                       ["{" + ", ".join(map(str, record)) + "}" for record in records]))
    parts.append(array("uint16_t", "unicode_first", map(str, first)))
    parts.append(array("uint16_t", "unicode_second", map(str, second)))
    parts.append(array("UnicodeCase", "unicode_extended", places))
    parts.append(array("uint32_t", "unicode_cases", map(str, cases)))
    values = sorted({n for _, n in numbers})
    parts.append(array("double", "unicode_values", ["%d.0 / %d" % fraction(n) for n in values]))
    parts.append(array("UnicodeNumber", "unicode_numbers",
                       ["{%#x, %d}" % (code, values.index(n)) for code, n in numbers]))
    sequence, places = [], []
    for code, kind, mapping in MAPPINGS:
        places.append("{%#x, %d, %d, %d}" % (code, kind, len(mapping), len(sequence)))
        sequence += map(hex, mapping)
    parts.append(array("char *const", "decomposition_types", [f'"{kind}"' for kind in TYPES]))
    parts.append(array("Decomposition", "decompositions", places))
    parts.append(array("uint32_t", "decomposition_parts", sequence))
    parts.append(array("Composition", "compositions", ["{%#x, %#x, %#x}" % pair for pair in PAIRS]))
    records, runs, corrections = read_old()
    parts.append(array("OldRecord", "old_records",
                       ["{" + ", ".join(map(str, record)) + "}" for record in records]))
    parts.append(array("uint32_t", "old_runs", ["%#x" % (code << 8 | at) for code, at in runs]))
    parts.append(array("OldDecomposition", "old_decompositions",
                       ["{%#x, %#x}" % pair for pair in corrections]))
    Path(output).write_text("".join(parts))


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else OUTPUT)
