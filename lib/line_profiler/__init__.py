# SPDX-License-Identifier: MIT
"""Where the time of a function goes, line by line, with the interface of the line_profiler project.

    ounce -m line_profiler -l -v script.py      # functions with @profile; also: ounce -m kernprof

or, in a program:

    profiler = LineProfiler(function, ...)
    profiler.runcall(function)
    profiler.print_stats()

or `from line_profiler import profile`, which records nothing unless LINE_PROFILE=1 is in the
environment.

Lines are counted by the runtime itself: every hit counts, time that the profiler takes is taken off,
calls are part of the line that makes them; a function that calls itself has the time of the inner
call in the inner call's lines, so that the times of its lines add up.
"""
from line_profiler.line_profiler import (LineProfiler, LineStats, load_ipython_extension, load_stats,
                                         main, show_func, show_text)
from line_profiler import line_profiler
from line_profiler.explicit_profiler import profile

__version__ = "4.1.0"
__all__ = ["LineProfiler", "line_profiler", "load_ipython_extension", "load_stats", "main",
           "show_func", "show_text", "profile", "__version__"]
