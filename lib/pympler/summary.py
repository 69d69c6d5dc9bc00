# SPDX-License-Identifier: MIT
"""Objects by type.  A summary is a list of rows [type, number of objects, bytes of them]."""
import _memtools
from pympler.asizeof import type_name
from pympler.util import pp

__all__ = ["summarize", "get_diff", "print_", "format_", "representations"]

# type -> functions of an object that give the first column, one for each verbosity; as in pympler,
# rows of types that are not here have the name of the type
representations = {}

_SORTS = {"type": 0, "#": 1, "size": 2}


def summarize(objects):
    """The summary of some objects."""
    objects = objects if isinstance(objects, list) else list(objects)
    if not representations:
        return _rows(_memtools.type_tally(objects))
    rows = {}
    for cls, count, size in _memtools.type_tally(objects):
        if cls not in representations:
            rows[type_name(cls)] = [type_name(cls), count, size]
    for each in objects:
        if type(each) in representations:
            _, _, size = _memtools.type_tally([each])[0]
            row = rows.setdefault(_repr(each), [_repr(each), 0, 0])
            row[1] += 1
            row[2] += size
    return list(rows.values())


def summarize_heap():
    """The summary of all objects, none of which is touched."""
    return _rows(_memtools.type_tally(all=True))


def _rows(tally):
    rows = {}
    for cls, count, size in tally:
        row = rows.setdefault(type_name(cls), [type_name(cls), 0, 0])
        row[1] += count
        row[2] += size
    return list(rows.values())


def _repr(obj, verbosity=1):
    """The first column for an object."""
    known = representations.get(type(obj))
    return known[min(verbosity, len(known)) - 1](obj) if known else type_name(type(obj))


def get_diff(left, right):
    """The summary `right` without `left`: rows that differ, with negative figures for less."""
    rows = {row[0]: list(row) for row in right}
    for name, count, size in left:
        row = rows.setdefault(name, [name, 0, 0])
        row[1] -= count
        row[2] -= size
    return list(rows.values())


def format_(rows, limit=15, sort="size", order="descending"):
    """The lines of a table of the `limit` first rows, sorted by "type", "#" or "size", "ascending"
    or "descending"."""
    if sort not in _SORTS:
        raise ValueError(f"invalid sort, should be one of {sorted(_SORTS)}")
    if order not in ("ascending", "descending"):
        raise ValueError("invalid order, should be one of ['ascending', 'descending']")
    key = _SORTS[sort]
    chosen = sorted(rows, key=lambda row: row[key], reverse=order == "descending")[:limit]
    table = [("types", "# objects", "total size")]
    table += [(str(name), str(count), pp(size)) for name, count, size in chosen]
    widths = [max(len(row[i]) for row in table) + extra for i, extra in enumerate((1, 3, 3))]
    lines = [" | ".join(text.rjust(width) for text, width in zip(row, widths)) for row in table]
    lines.insert(1, " | ".join("=" * width for width in widths))
    yield from lines


def print_(rows, limit=15, sort="size", order="descending"):
    """Print the table of format_()."""
    for line in format_(rows, limit, sort, order):
        print(line)
