# SPDX-License-Identifier: MIT
"""LineProfiler, its statistics, and their tables."""
import argparse
import inspect
import linecache
import os
import pickle
import sys

import _memtools
from _linewrap import CountedProfiler

__all__ = ["LineProfiler", "LineStats", "load_stats", "main", "show_func", "show_text"]


class LineStats:
    """timings: {(file, first line, name): [(line, hits, time), ...]}; unit: seconds of one of time."""

    def __init__(self, timings, unit):
        self.timings = timings
        self.unit = unit

    def __repr__(self):
        return f"LineStats({self.timings!r}, {self.unit!r})"

    def __eq__(self, other):
        if not isinstance(other, LineStats):
            return NotImplemented
        return (self.timings, self.unit) == (other.timings, other.unit)


def _code_of(func):
    """The code object of a function, or of what a decorator, method or property holds."""
    if isinstance(func, property):
        func = func.fget
    func = inspect.unwrap(getattr(func, "__func__", func))
    return getattr(func, "__code__", None)


class LineProfiler(CountedProfiler):
    """Counts the lines of functions, and the time that they take."""

    timer_unit = 1e-9

    def __init__(self, *functions):
        self.functions = []
        self._recorder = _memtools.LineRecorder("time")
        self._tables = {}    # code -> number
        for func in functions:
            self.add_function(func)

    def __call__(self, func):
        """Record a function: a decorator."""
        self.add_function(func)
        if isinstance(func, classmethod):
            return self.wrap_classmethod(func)
        if isinstance(func, staticmethod):
            return self.wrap_staticmethod(func)
        return self.wrap_function(func)

    def add_function(self, func):
        """Record a function, whatever is called when it runs."""
        code = _code_of(func)
        if code is None:
            import warnings
            warnings.warn(f"Could not extract a code object for the object {func!r}", stacklevel=2)
        elif code not in self._tables:
            self._tables[code] = self._recorder.add(code)
            self.functions.append(func)

    def add_module(self, mod):
        """Record the functions and methods of a module; how many there are."""
        before = len(self.functions)
        for item in vars(mod).values():
            if inspect.isclass(item) and item.__module__ == mod.__name__:
                for member in vars(item).values():
                    if inspect.isfunction(member) or isinstance(member, (classmethod, staticmethod)):
                        self.add_function(member)
            elif inspect.isfunction(item) and item.__module__ == mod.__name__:
                self.add_function(item)
        return len(self.functions) - before

    def enable(self):
        """Record, unless another profiler of lines does."""
        self._recorder.enable()

    def disable(self):
        self._recorder.disable()

    @property
    def code_map(self):
        """{code: {line: (hits, nanoseconds)}}"""
        return {code: {line: (hits, time) for line, hits, time, _ in self._recorder.table(table)[2]}
                for code, table in self._tables.items()}

    def get_stats(self):
        """The LineStats so far."""
        timings = {}
        for code, table in self._tables.items():
            rows = [(line, hits, time) for line, hits, time, _ in self._recorder.table(table)[2]]
            timings[code.co_filename, code.co_firstlineno, code.co_name] = rows
        return LineStats(timings, self.timer_unit)

    def dump_stats(self, filename):
        """Write the LineStats to a file, for load_stats()."""
        with open(filename, "wb") as file:
            pickle.dump(self.get_stats(), file, pickle.HIGHEST_PROTOCOL)

    def print_stats(self, stream=None, output_unit=None, stripzeros=False, **_):
        """Print the tables.  stripzeros: only those of functions that ran."""
        stats = self.get_stats()
        show_text(stats.timings, stats.unit, output_unit, stream, stripzeros)


def load_stats(filename):
    """The LineStats of a file."""
    with open(filename, "rb") as file:
        return pickle.load(file)


# ---- tables ----

_ROW = "{:>6} {:>9} {:>12} {:>8} {:>8}  {}"


def _source_lines(filename, first, timings):
    """The lines of the function, as far as they can be had."""
    lines = linecache.getlines(filename)
    if lines:
        return [line.rstrip("\n\r") for line in inspect.getblock(lines[first - 1:])]
    last = max([line for line, _, _ in timings], default=first)
    return [""] * (last - first + 1)


def show_func(filename, start_lineno, func_name, timings, unit, output_unit=None, stream=None,
              stripzeros=False, **_):
    """Print the table of a function."""
    stream = sys.stdout if stream is None else stream
    if stripzeros and not timings:
        return
    scale = unit / (unit if output_unit is None else output_unit)
    total = sum(time for _, _, time in timings)
    stream.write(f"Total time: {total * unit:g} s\n")
    if os.path.exists(filename) or linecache.getlines(filename):
        stream.write(f"File: {filename}\nFunction: {func_name} at line {start_lineno}\n")
    else:
        stream.write(f"\nCould not find file {filename}\n"
                     "Are you sure you are running this program from the same directory\n"
                     "that you ran the profiler from?\n"
                     "Continuing without the function's contents.\n")
    header = _ROW.format("Line #", "Hits", "Time", "Per Hit", "% Time", "Line Contents")
    stream.write(f"\n{header}\n{'=' * len(header)}\n")
    figures = {line: (hits, time) for line, hits, time in timings}
    source = _source_lines(filename, start_lineno, timings)
    for line, text in enumerate(source, start_lineno):
        hits, time = figures.get(line, ("", 0))
        columns = ("", "", "", "")
        if hits:
            share = f"{100 * time / total:5.1f}" if total else ""
            columns = (hits, f"{time * scale:5.1f}", f"{time * scale / hits:5.1f}", share)
        stream.write(_ROW.format(line, *columns, text) + "\n")
    stream.write("\n")


def show_text(stats, unit, output_unit=None, stream=None, stripzeros=False, **_):
    """Print the tables of LineStats.timings."""
    stream = sys.stdout if stream is None else stream
    stream.write(f"Timer unit: {unit if output_unit is None else output_unit:g} s\n\n")
    for (filename, line, name), timings in sorted(stats.items()):
        show_func(filename, line, name, timings, unit, output_unit, stream, stripzeros)


def load_ipython_extension(ip):
    """%lprun is not here: IPython is told so."""
    raise ImportError("line_profiler of Ounce has no IPython extension")


def _positive(text):
    value = float(text)
    if value <= 0:
        raise argparse.ArgumentTypeError(f"{text!r} is not positive")
    return value


def main(arguments=None):
    """Print the tables of a file that kernprof has written."""
    from line_profiler import __version__
    parser = argparse.ArgumentParser(prog="line_profiler")
    parser.add_argument("-V", "--version", action="version", version=__version__)
    parser.add_argument("-u", "--unit", default=1e-6, type=_positive,
                        help="Output unit (in seconds) in which the timing info is displayed "
                             "(default: 1e-6)")
    parser.add_argument("-z", "--skip-zero", action="store_true",
                        help="Hide functions which have not been called")
    parser.add_argument("profile_output", help="*.lprof file created by kernprof")
    given = parser.parse_args(arguments)
    stats = load_stats(given.profile_output)
    show_text(stats.timings, stats.unit, given.unit, stripzeros=given.skip_zero)
