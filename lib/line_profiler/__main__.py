# SPDX-License-Identifier: MIT
"""ounce -m line_profiler: with -l and a script as kernprof, with a file of statistics its tables."""
import sys

import kernprof
from line_profiler.line_profiler import main


def _is_statistics(name):
    """Does the file begin as pickles do?"""
    try:
        with open(name, "rb") as file:
            return file.read(1) == b"\x80"
    except OSError:
        return name.endswith(".lprof")


if any(_is_statistics(each) for each in sys.argv[1:] if not each.startswith("-")) or len(sys.argv) < 2:
    main()
else:
    kernprof.main()
