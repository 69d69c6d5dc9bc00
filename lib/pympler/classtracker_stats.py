# SPDX-License-Identifier: MIT
"""Statistics of a ClassTracker, as text and HTML."""
import html
import pickle
import sys

from pympler.util import pp, trim

__all__ = ["Stats", "ConsoleStats", "HtmlStats"]


def _merge(parts):
    """Referents by name, over several Asized: [(name, size, flat, number), ...], largest first."""
    sums = {}
    for part in parts:
        for ref in part.refs:
            row = sums.setdefault(ref.name, [ref.name, 0, 0, 0])
            row[1] += ref.size
            row[2] += ref.flat
            row[3] += 1
    return sorted(map(tuple, sums.values()), key=lambda row: -row[1])


class Stats:
    """What a tracker, or a file that dump_stats() wrote, has seen."""

    def __init__(self, tracker=None, filename=None, stream=None):
        self.stream = stream or sys.stdout
        self.tracker = tracker
        self.index = tracker.index if tracker else {}
        self.snapshots = tracker.snapshots if tracker else []
        self.sorted = []
        if filename:
            self.load_stats(filename)

    def load_stats(self, fdump):
        """Read what dump_stats() wrote to a file, given by name or open."""
        if isinstance(fdump, str):
            with open(fdump, "rb") as file:
                self.index, self.snapshots = pickle.load(file)
        else:
            self.index, self.snapshots = pickle.load(fdump)
        self.sorted = []

    def dump_stats(self, fdump, close=True):
        """Write the statistics to a file, given by name or open."""
        if self.tracker and not self.tracker.snapshots:
            self.tracker.create_snapshot()
        self.annotate()
        file = open(fdump, "wb") if isinstance(fdump, str) else fdump
        pickle.dump((self.index, self.snapshots), file, pickle.HIGHEST_PROTOCOL)
        if close:
            file.close()

    def _init_sort(self):
        if not self.sorted:
            self.sorted = [tracked for group in self.index.values() for tracked in group]

    _KEYS = {"classname": lambda o: o.name, "tracked": lambda o: o.birth, "birth": lambda o: o.birth,
             "deleted": lambda o: o.death or 0, "size": lambda o: -o.get_max_size(),
             "death": lambda o: o.death or 0}

    def sort_stats(self, *args):
        """Sort the objects: by "classname", "birth", "death" or "size", the first key first."""
        for key in args:
            if key not in self._KEYS:
                raise ValueError(f"invalid sort key: {key!r}")
        self._init_sort()
        for key in reversed(args or ("classname", "tracked", "size")):
            self.sorted.sort(key=self._KEYS[key])
        return self

    def reverse_order(self):
        """Reverse the objects."""
        self._init_sort()
        self.sorted.reverse()
        return self

    def annotate(self):
        """Compute what the snapshots say of each class."""
        for snapshot in self.snapshots:
            self.annotate_snapshot(snapshot)

    def annotate_snapshot(self, snapshot):
        """Fill snapshot.classes."""
        if snapshot.classes is not None:
            return
        snapshot.classes = {}
        for name, group in self.index.items():
            sizes = [(when, sized) for tracked in group for when, sized in tracked.snapshots
                     if when == snapshot.timestamp]
            total = sum(sized.size for _, sized in sizes)
            snapshot.classes[name] = {
                "sum": total, "avg": total / len(sizes) if sizes else 0, "active": len(sizes),
                "pct": total * 100 / snapshot.total if snapshot.total else 0,
                "merged": _merge([sized for _, sized in sizes])}

    @property
    def tracked_classes(self):
        """The names of the classes."""
        self.annotate()
        return sorted(self.index)


class ConsoleStats(Stats):
    """Prints."""

    def _print_refs(self, refs, total, prefix="    ", level=1, minsize=0, minpct=.1):
        for ref in sorted(refs, key=lambda ref: -ref.size):
            share = ref.size * 100 / total if total else 0
            if ref.size > minsize and share > minpct:
                self.stream.write(f"{trim(prefix * level + str(ref.name), 50):<50} {pp(ref.size):>14} "
                                  f"{int(share):3d}%\n")
                self._print_refs(ref.refs, total, prefix, level + 1)

    def print_object(self, tobj):
        """Print the life and sizes of a tracked object."""
        death = "" if tobj.death is None else f", free {tobj.death:.2f}s"
        self.stream.write(f"{tobj.repr or tobj.name} ({tobj.name}): made {tobj.birth:.2f}s{death}\n")
        for name, line, function in tobj.trace or ():
            self.stream.write(f"    {name}:{line} in {function}\n")
        for when, sized in tobj.snapshots:
            self.stream.write(f"  {when:10.2f}s {pp(sized.size):>14}\n")
            self._print_refs(sized.refs, sized.size)

    def print_stats(self, clsname=None, limit=1.0):
        """Print the objects: those of classes whose names have clsname in them; a share of them, or
        a number."""
        if self.tracker:
            self.tracker.stream = self.stream
        if not self.sorted:
            self.sort_stats()
        chosen = [each for each in self.sorted if not clsname or clsname in each.name]
        count = int(len(chosen) * limit) if isinstance(limit, float) else limit
        for each in chosen[:count]:
            self.print_object(each)

    def print_summary(self):
        """Print what each snapshot has for each class."""
        self.annotate()
        width = 79
        self.stream.write("---- SUMMARY ".ljust(width, "-") + "\n")
        for snapshot in self.snapshots:
            self.stream.write(f"{trim(snapshot.label, 35):<35} {'active':>11} {pp(snapshot.total):>14}"
                              f" {'average':>11} {'pct':>5}\n")
            for name in sorted(snapshot.classes):
                row = snapshot.classes[name]
                self.stream.write(f"  {trim(name, 33):<33} {row['active']:>11d} {pp(row['sum']):>14}"
                                  f" {pp(round(row['avg'])):>11} {int(row['pct']):>4d}%\n")
        self.stream.write("-" * width + "\n")


class HtmlStats(Stats):
    """Writes pages."""

    def create_html(self, fname, title="ClassTracker Statistics"):
        """Write the statistics to a page."""
        self.annotate()
        names = sorted(self.index)
        rows = []
        for snapshot in self.snapshots:
            cells = [f"<td>{html.escape(snapshot.label)}</td><td>{pp(snapshot.total)}</td>"]
            cells += [f"<td>{row['active']}</td><td>{pp(row['sum'])}</td>"
                      for row in (snapshot.classes[name] for name in names)]
            rows.append("<tr>" + "".join(cells) + "</tr>")
        heads = "".join(f"<th colspan=2>{html.escape(name)}</th>" for name in names)
        with open(fname, "w", encoding="utf-8") as file:
            file.write(f"<!DOCTYPE html>\n<meta charset=utf-8><title>{html.escape(title)}</title>\n"
                       "<style>table{border-collapse:collapse}td,th{border:1px solid #ccc;padding:3px 8px}"
                       f"</style>\n<h1>{html.escape(title)}</h1>\n<table><tr><th>snapshot</th>"
                       f"<th>total</th>{heads}</tr>\n" + "\n".join(rows) + "\n</table>\n")
