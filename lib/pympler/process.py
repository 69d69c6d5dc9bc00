# SPDX-License-Identifier: MIT
"""The memory of this process, as the system sees it."""
import resource

import _memtools

__all__ = ["ProcessMemoryInfo"]


class ProcessMemoryInfo:
    """rss, vsz, pss, uss in bytes; pagefaults; heap: bytes of live objects and blocks."""

    def __init__(self):
        self.update()

    def update(self):
        """Read the figures again."""
        self.rss = _memtools.memory("rss")
        self.pss = _memtools.memory("pss")
        self.uss = _memtools.memory("uss")
        self.heap = _memtools.memory("heap")
        with open("/proc/self/statm") as file:
            self.vsz = int(file.read().split()[0]) * resource.getpagesize()
        self.pagefaults = resource.getrusage(resource.RUSAGE_SELF).ru_majflt
        self.available = True
        return True

    def __sub__(self, other):
        """A list of (name, how many more) of what has changed."""
        names = ("rss", "vsz", "pss", "uss", "heap", "pagefaults")
        changes = ((name, getattr(self, name) - getattr(other, name)) for name in names)
        return [(name, change) for name, change in changes if change]
