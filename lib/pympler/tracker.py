# SPDX-License-Identifier: MIT
"""What has come and gone between two moments."""
import gc

import _memtools
from pympler import muppy, summary

__all__ = ["SummaryTracker", "ObjectTracker"]


class SummaryTracker:
    """Compares summaries of the heap.

    ignore_self: leave the tracker's own summaries out."""

    def __init__(self, ignore_self=True):
        self.s0 = []
        self.summaries = {}
        self.ignore_self = ignore_self
        self.s0 = self.create_summary()

    def _own(self):
        """What the summaries that are kept consist of: a list of objects."""
        lists = [self.s0, *self.summaries.values(), self.summaries]
        return lists + [row for each in lists[:-1] for row in each]

    def create_summary(self):
        """A summary of the heap as it is."""
        gc.collect()
        rows = _memtools.type_tally(all=True)
        own = dict((cls, (count, size)) for cls, count, size in
                   _memtools.type_tally(self._own() if self.ignore_self else []))
        return summary._rows([(cls, count - own.get(cls, (0, 0))[0], size - own.get(cls, (0, 0))[1])
                              for cls, count, size in rows])

    def diff(self, summary1=None, summary2=None):
        """The summary of what there is more in summary2 than in summary1.

        Without summary2: the heap now.  Without either: since the last call."""
        if summary2 is None:
            self.s1 = self.create_summary()
            result = summary.get_diff(self.s0 if summary1 is None else summary1, self.s1)
            self.s0, self.s1 = self.s1, None
            del self.s1
        elif summary1 is None:
            raise ValueError("You cannot provide summary2 without summary1.")
        else:
            result = summary.get_diff(summary1, summary2)
        return [row for row in result if row[1] or row[2]]

    def format_diff(self, summary1=None, summary2=None):
        """The lines of diff() as a table."""
        return summary.format_(self.diff(summary1, summary2))

    def print_diff(self, summary1=None, summary2=None):
        """Print diff() as a table."""
        for line in self.format_diff(summary1, summary2):
            print(line)

    def store_summary(self, key):
        """Keep a summary in self.summaries."""
        self.summaries[key] = self.create_summary()


class ObjectTracker:
    """Compares the objects of two moments; it keeps those of the last one alive."""

    def __init__(self):
        self.o0 = self._objects(())

    def _objects(self, ignore):
        ignored = {id(each) for each in ignore}
        ignored.update((id(self), id(vars(self)), id(getattr(self, "o0", None))))
        return [each for each in muppy.get_objects() if id(each) not in ignored]

    def get_diff(self, ignore=()):
        """{'+': the objects that are new since the last call, '-': those that are only kept here}."""
        now = self._objects(ignore)
        gone = {id(each) for each in now}
        result = {"+": muppy.get_diff(self.o0, now)["+"],
                  "-": [each for each in self.o0 if id(each) not in gone]}
        self.o0 = now
        return result

    diff = get_diff

    def format_diff(self, ignore=()):
        """The lines of get_diff() as two tables."""
        result = self.get_diff(ignore)
        yield "Added objects:"
        yield from summary.format_(summary.summarize(result["+"]))
        yield "Removed objects:"
        yield from summary.format_(summary.summarize(result["-"]))

    def print_diff(self, ignore=()):
        """Print get_diff() as two tables."""
        for line in self.format_diff(ignore):
            print(line)
