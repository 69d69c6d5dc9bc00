# SPDX-License-Identifier: MIT
"""How much memory each line of a function takes, with the interface of the memory_profiler project.

    @profile                                  # or: ounce -m memory_profiler script.py
    def f(): ...

prints, when the function returns, a table of its lines:

Mem usage    the bytes in use when the line had ended (the most, if it ran several times)
Increment    how many more there were than when it began, summed over its runs; for the first line,
             what was in use when the function was called
Occurrences  how often it ran; for the first line, how often the function was called

The figures are exact bytes of the program's heap (backend "ounce", the default): what the line's
objects really take, whatever the system does with pages, and nothing of the profiler itself.  A line
that calls a function has the callee's bytes too, but in a recursion they are those of the lines of
the inner call: increments add up to what the function's outermost calls leave.  A generator's line does not count what happens while the generator is suspended.

The backends "psutil" and "posix" give the resident size of the process instead, "psutil_pss" and
"psutil_uss" its proportional and unique parts; "tracemalloc" is taken for "ounce".
"""
import argparse
import builtins
import functools
import inspect
import io
import linecache
import os
import pdb
import runpy
import subprocess
import sys
import time
import types

import _memtools
from _linewrap import CountedProfiler, find_script

__all__ = ["memory_usage", "profile", "LineProfiler", "TimeStamper", "show_results", "choose_backend",
           "LogFile", "run_module_with_profiler", "exec_with_profiler"]
__version__ = "0.61.0"

_CMD_USAGE = "python -m memory_profiler script_file.py"
_TWO_20 = 2 ** 20

# backend -> kind of _memtools.memory(); the first is the default
_KINDS = {"ounce": "heap", "tracemalloc": "heap", "psutil": "rss", "posix": "rss",
          "psutil_pss": "pss", "psutil_uss": "uss"}


def choose_backend(new_backend=None):
    """The backend of this name; the default one, with a word about it, if there is none."""
    if new_backend is None:
        return "ounce"
    if new_backend not in _KINDS:
        print(f"no memory backend {new_backend!r}: ounce is used", file=sys.stderr)
        return "ounce"
    return new_backend


def _kind(backend):
    return _KINDS[choose_backend(backend)]


def _get_memory(pid, backend=None, timestamps=False, include_children=False, filename=None):
    """MiB that a process takes now; -1: this one."""
    own = pid in (-1, os.getpid())
    kind = _kind(backend) if own else _KINDS[backend or "psutil"]
    if kind == "heap" and (not own or include_children):
        kind = "rss"    # the heap of another process cannot be looked at
    size = _memtools.memory(kind, 0 if own else pid, include_children)
    mib = -1 if size is None else size / _TWO_20
    return (mib, time.time()) if timestamps else mib


# ---- memory over time ----

def _callable_of(proc):
    """(function, arguments, keywords) of a tuple of up to three."""
    if callable(proc):
        return proc, (), {}
    if isinstance(proc, (list, tuple)):
        if len(proc) == 1:
            return proc[0], (), {}
        if len(proc) == 2:
            return proc[0], proc[1], {}
        if len(proc) == 3:
            return tuple(proc)
        raise ValueError("proc is a tuple of at most three items: function, arguments, keywords")
    return None


def _report(samples, max_usage, timestamps, stream):
    """Samples as memory_usage() gives them."""
    values = [(size / _TWO_20, when) for size, when in samples]
    if stream is not None:
        for mib, when in values:
            stream.write(f"MEM {mib:.6f} {when:.4f}\n")
        return None
    if max_usage:
        best = max(values) if values else (-1, time.time())
        return best if timestamps else best[0]
    return values if timestamps else [mib for mib, _when in values]


def _watch_call(call, kind, interval, include_children, max_iterations):
    function, args, keywords = call
    iterations = 0
    while True:
        sampler = _memtools.MemorySampler(kind, interval, 0, include_children)
        sampler.start()
        try:
            value = function(*args, **keywords)
        finally:
            samples = sampler.stop()
        iterations += 1
        # too quick for a sample of its own: again, as long as that is allowed
        if len(samples) >= 4 or max_iterations is None or iterations >= max_iterations:
            return samples, value


def _is_running(process):
    return process is None or process.poll() is None


def _watch_process(pid, process, kind, interval, timeout, include_children, on_sample):
    """Sample another process until it ends, or for `timeout` seconds."""
    end = None if timeout is None else time.monotonic() + timeout
    while _is_running(process):
        size = _memtools.memory(kind, pid, include_children)
        if size is None or (size == 0 and process is not None):
            break
        on_sample((size, time.time()))
        if end is not None and time.monotonic() >= end:
            break
        time.sleep(interval)


def memory_usage(proc=-1, interval=.1, timeout=None, timestamps=False, include_children=False,
                 multiprocess=False, max_usage=False, retval=False, stream=None, backend=None,
                 max_iterations=None):
    """The memory that a function or process takes, in MiB, over time.

    proc        what to watch: a function, or a tuple (function, args, keywords), that is called; a
                number of a process, -1 for this one; a subprocess.Popen
    interval    seconds between samples
    timeout     how many seconds to watch a process; None: this one once, another to its end
    timestamps  give pairs (MiB, seconds since the epoch)
    max_usage   give the largest figure alone
    retval      give a pair of that and of what the function returned
    stream      write the samples to this file instead
    include_children, multiprocess    count child processes; with the latter one by one
    max_iterations    call a function that is too quick to be sampled so many times at most

    The samples of a function are taken by a thread of the runtime.  With the backend "ounce" they
    are the bytes of the heap's pages.
    """
    call = _callable_of(proc)
    max_iterations = 1 if call and max_iterations is None else max_iterations
    if call:
        kind = "rss" if include_children and _kind(backend) == "heap" else _kind(backend)
        samples, value = _watch_call(call, kind, interval, include_children, max_iterations)
        report = _report(samples, max_usage, timestamps, stream)
        return (report, value) if retval else report
    samples = []
    process = proc if isinstance(proc, subprocess.Popen) else None
    pid = proc.pid if process else proc
    if pid in (-1, os.getpid()):
        kind, pid = _kind(backend), 0
        if include_children and kind == "heap":
            kind = "rss"
        timeout = 0 if timeout is None else timeout
    else:
        kind = _KINDS[backend] if backend in _KINDS and _KINDS[backend] != "heap" else "rss"

    def keep(sample):
        samples.append(sample)
        if stream is not None:
            _report([sample], False, True, stream)
            if multiprocess:
                for child, mib in _get_child_memory(pid or os.getpid()):
                    stream.write(f"CHLD {child} {mib:.6f} {sample[1]:.4f}\n")
            stream.flush()

    _watch_process(pid, process, kind, interval, timeout, include_children, keep)
    return None if stream is not None else _report(samples, max_usage, timestamps, None)


def _get_child_memory(process, meminfo_attr=None, memory_metric=0):
    """Yield (pid, MiB) of the processes that a process has started, and those have."""
    waiting = [getattr(process, "pid", process)]
    while waiting:
        pid = waiting.pop()
        try:
            with open(f"/proc/{pid}/task/{pid}/children") as file:
                children = [int(each) for each in file.read().split()]
        except OSError:
            children = []
        for child in children:
            size = _memtools.memory("rss", child)
            if size is not None:
                yield child, size / _TWO_20
        waiting.extend(children)


# ---- lines ----

class CodeMap:
    """The tables of the functions that are profiled: code object -> [(line, figures or None)].

    The figures are (increment, memory, occurrences), the first two in MiB."""

    def __init__(self, include_children, backend):
        self.include_children = include_children
        self._recorder = _memtools.LineRecorder(_kind(backend))
        self._tables = {}    # code -> number of its table
        self._toplevel = []  # (file, code, lines) in the order of their names

    def __contains__(self, code):
        return code in self._tables

    def __len__(self):
        return len(self._tables)

    def __iter__(self):
        return iter(self._tables)

    def keys(self):
        return self._tables.keys()

    def add(self, code, toplevel_code=None):
        """Profile a code object, and those inside it."""
        if code in self._tables:
            return
        if toplevel_code is None:
            filename = code.co_filename
            if filename.endswith((".pyc", ".pyo")):
                filename = filename[:-1]
            if not os.path.exists(filename) and not linecache.getlines(filename):
                print(f"ERROR: Could not find file {filename}")
                return
            lines, first = inspect.getsourcelines(code)
            self._tables[code] = table = self._recorder.add(code)
            self._toplevel.append((filename, code, range(first, first + len(lines))))
        else:
            table = self._tables[toplevel_code]
            self._tables[code] = table
            self._recorder.add(code, table)
        for inner in filter(inspect.iscode, code.co_consts):
            self.add(inner, toplevel_code=toplevel_code or code)

    def figures(self, code):
        """{line: (increment, memory, occurrences)} of what ran."""
        calls, at_call, lines = self._recorder.table(self._tables[code])
        figures = {line: (total / _TWO_20, high / _TWO_20, hits)
                   for line, hits, total, high in lines}
        if calls:
            figures.setdefault(code.co_firstlineno, (at_call / _TWO_20, at_call / _TWO_20, calls))
        return figures

    def items(self):
        """Yield (file, [(line, figures or None), ...]) for each function."""
        for filename, code, lines in self._toplevel:
            figures = self.figures(code)
            yield filename, [(line, figures.get(line)) for line in lines]

    def __getitem__(self, code):
        return self.figures(code)


class LineProfiler(CountedProfiler):
    """Records memory for each line of the functions that it decorates."""

    def __init__(self, **kw):
        include_children = kw.get("include_children", False)
        self.backend = choose_backend(kw.get("backend"))
        self.code_map = CodeMap(include_children=include_children, backend=self.backend)
        self.max_mem = kw.get("max_mem")
        self.prev_lineno = None
        self._original_trace_function = None

    def __call__(self, func=None, precision=1):
        if func is None:
            return functools.partial(self.__call__, precision=precision)
        self.add_function(func)
        wrapped = self.wrap_function(func)
        wrapped.__module__ = getattr(func, "__module__", None)
        wrapped.__name__ = getattr(func, "__name__", "function")
        wrapped.__doc__ = getattr(func, "__doc__", None)
        wrapped.__dict__.update(getattr(func, "__dict__", {}))
        return wrapped

    def add_function(self, func):
        """Record a function, whatever is called when it runs."""
        target = inspect.unwrap(getattr(func, "__func__", func))
        try:
            code = target.__code__
        except AttributeError:
            print("Could not extract a code object for the object %r" % (func,), file=sys.stderr)
        else:
            self.code_map.add(code)

    def enable(self):
        if self.max_mem is not None:
            self._original_trace_function = sys.gettrace()
            sys.settrace(self.trace_max_mem)
        else:
            self.code_map._recorder.enable()

    def disable(self):
        if self.max_mem is not None:
            sys.settrace(self._original_trace_function)
        else:
            self.code_map._recorder.disable()

    def trace_max_mem(self, frame, event, arg):
        """A trace function that enters the debugger when memory is beyond max_mem."""
        if event in ("line", "return") and frame.f_code in self.code_map:
            mib = _get_memory(-1, self.backend)
            if mib >= self.max_mem:
                text = f"Current memory {mib:.2f} MiB exceeded the maximum of {self.max_mem:.2f} MiB\n"
                sys.stdout.write(text)
                sys.stdout.write("Stepping into the debugger \n")
                sys.settrace(None)
                debugger = pdb.Pdb()
                debugger.set_trace(frame)
                return debugger.trace_dispatch
        return self.trace_max_mem


def show_results(prof, stream=None, precision=1):
    """Print the tables of a LineProfiler."""
    if stream is None:
        stream = sys.stdout
    header = "{:>6} {:>12} {:>12}  {:>10}   {:<}".format(
        "Line #", "Mem usage", "Increment", "Occurrences", "Line Contents")
    column = precision + 4
    for filename, lines in prof.code_map.items():
        stream.write(f"Filename: {filename}\n\n")
        stream.write(header + "\n")
        stream.write("=" * len(header) + "\n")
        source = linecache.getlines(filename)
        for line, figures in lines:
            memory = increment = occurrences = ""
            if figures:
                increment = f"{figures[0]:{column}.{precision}f} MiB"
                memory = f"{figures[1]:{column}.{precision}f} MiB"
                occurrences = figures[2]
            text = source[line - 1] if line <= len(source) else "\n"
            stream.write(f"{line:>6} {memory:>12} {increment:>12}  {occurrences:>10}   {text}")
        stream.write("\n\n")


def profile(func=None, stream=None, precision=1, backend="ounce"):
    """Print the table of a function's lines each time that it returns; of a recursive function,
    when its outermost call does."""
    if func is None:
        return functools.partial(profile, stream=stream, precision=precision, backend=backend)
    profiler = LineProfiler(backend=backend)
    recorded = profiler(func)

    def show():
        if profiler.enable_count == 0:
            show_results(profiler, stream, precision=precision)

    if inspect.iscoroutinefunction(func):
        @functools.wraps(func)
        async def wrapper(*args, **keywords):
            value = await recorded(*args, **keywords)
            show()
            return value
    elif inspect.isgeneratorfunction(func):
        @functools.wraps(func)
        def wrapper(*args, **keywords):
            value = yield from recorded(*args, **keywords)
            show()
            return value
    elif inspect.isasyncgenfunction(func):
        @functools.wraps(func)
        async def wrapper(*args, **keywords):
            async for value in recorded(*args, **keywords):
                yield value
            show()
    else:
        @functools.wraps(func)
        def wrapper(*args, **keywords):
            value = recorded(*args, **keywords)
            show()
            return value
    return wrapper


# ---- stamps: when a function ran, for mprof ----

class TimeStamper:
    """Records the memory and time of the begin and end of functions and blocks."""

    def __init__(self, backend=None, include_children=False):
        self.functions = {}
        self.backend = backend
        self.include_children = include_children
        self.current_stack_level = -1
        self.stack = {}

    def __call__(self, func=None, precision=None):
        if func is None:
            return functools.partial(self.__call__, precision=precision)
        if not callable(func):
            raise ValueError("Value must be callable")
        self.add_function(func)
        return self.wrap_function(func)

    def timestamp(self, name="<block>"):
        """A context manager whose begin and end are recorded under this name."""
        func = _Named(name)
        return _Stamp(self, func)

    def add_function(self, func):
        self.functions.setdefault(func, [])

    def wrap_function(self, func):
        @functools.wraps(func)
        def wrapper(*args, **keywords):
            with _Stamp(self, func):
                return func(*args, **keywords)
        return wrapper

    def call_on_stack(self, func, *args, **kwds):
        self.current_stack_level += 1
        level = self.stack.setdefault(func, [])
        level.append(self.current_stack_level)
        try:
            with _Stamp(self, func):
                return func(*args, **kwds)
        finally:
            self.current_stack_level -= 1

    def show_results(self, stream=None):
        """Write a line for each call: FUNC name begin-MiB begin-time end-MiB end-time level."""
        stream = sys.stdout if stream is None else stream
        for func, stamps in self.functions.items():
            name = f"{func.__module__}.{func.__name__}"
            levels = self.stack.get(func, [])
            for i, (begin, end) in enumerate(stamps):
                level = levels[i] if i < len(levels) else 0
                stream.write("FUNC {} {:.4f} {:.4f} {:.4f} {:.4f} {}\n".format(
                    name, *begin, *end, level))


class _Named:
    """What stands for a block among functions."""

    __module__ = "__main__"

    def __init__(self, name):
        self.__name__ = name


class _Stamp:
    def __init__(self, stamper, func):
        self._stamper, self._func = stamper, func

    def _now(self):
        stamper = self._stamper
        return _get_memory(-1, stamper.backend or "psutil", True, stamper.include_children)

    def __enter__(self):
        self._begin = self._now()
        return self

    def __exit__(self, *exc):
        self._stamper.functions.setdefault(self._func, []).append((self._begin, self._now()))


class LogFile:
    """A file that writes what is printed to a logger, for profile(stream=LogFile("name")).

    reportIncrementFlag: only lines with an increment."""

    def __init__(self, name=None, reportIncrementFlag=False):
        import logging
        self.logger = logging.getLogger(name)
        self.reportIncrementFlag = reportIncrementFlag

    def write(self, msg, level=20):
        if self.reportIncrementFlag:
            if "MiB" in msg and float(msg.split("MiB")[1].strip()) > 0:
                self.logger.log(level, msg)
            elif msg.startswith(("Filename:", "Line")):
                self.logger.log(level, msg)
        else:
            self.logger.log(level, msg)

    def flush(self):
        for handler in self.logger.handlers:
            handler.flush()


# ---- the command ----

def _with_profile(profiler, backend):
    """The `profile` that a script finds among the builtins."""
    def choose(func=None, stream=None, precision=1, backend=backend):
        if func is None:
            return lambda f: profiler(f, precision=precision)
        return profiler(func, precision=precision)
    builtins.__dict__["profile"] = choose


def exec_with_profiler(filename, profiler, backend, passed_args=[]):
    """Run a script with `profile` among the builtins."""
    backend = choose_backend(backend)
    _with_profile(profiler, backend)
    sys.argv = [filename] + list(passed_args)
    main = types.ModuleType("__main__")
    main.__file__ = filename
    main.__builtins__ = builtins
    outer = sys.modules["__main__"]
    sys.modules["__main__"] = main
    try:
        with io.open_code(filename) as file:
            code = compile(file.read(), filename, "exec")
        exec(code, main.__dict__)
    finally:
        sys.modules["__main__"] = outer
        builtins.__dict__.pop("profile", None)


def run_module_with_profiler(module, profiler, backend, passed_args=[]):
    """Run a module as a script, with `profile` among the builtins."""
    backend = choose_backend(backend)
    _with_profile(profiler, backend)
    sys.argv = [module] + list(passed_args)
    try:
        runpy.run_module(module, run_name="__main__", alter_sys=True)
    finally:
        builtins.__dict__.pop("profile", None)


def _parse_arguments():
    parser = argparse.ArgumentParser(usage=_CMD_USAGE)
    parser.add_argument("--version", action="version", version=__version__)
    parser.add_argument("--pdb-mmem", dest="max_mem", metavar="MAXMEM", type=float, default=None,
                        help="step into the debugger when memory exceeds MAXMEM")
    parser.add_argument("--precision", dest="precision", type=int, default=3,
                        help="precision of memory output in number of significant digits")
    parser.add_argument("-o", dest="out_filename", type=str, default=None,
                        help="path to a file where results will be written")
    parser.add_argument("--timestamp", dest="timestamp", default=False, action="store_true",
                        help="print timestamp instead of memory measurement for decorated functions")
    parser.add_argument("--include-children", dest="include_children", default=False,
                        action="store_true", help="also include memory used by child processes")
    parser.add_argument("--backend", dest="backend", type=str, choices=list(_KINDS), default="ounce",
                        help="backend using for getting memory info "
                             f"(one of the {{{', '.join(_KINDS)}}})")
    parser.add_argument("program", nargs=argparse.REMAINDER,
                        help="python script or module followed by command line arguments to run")
    arguments = parser.parse_args()
    if not arguments.program:
        print("A program to run must be provided. Use -h for help")
        sys.exit(1)
    return arguments


def _main():
    arguments = _parse_arguments()
    target, passed = arguments.program[0], arguments.program[1:]
    backend = choose_backend(arguments.backend)
    if arguments.timestamp:
        profiler = TimeStamper(backend, include_children=arguments.include_children)
    else:
        profiler = LineProfiler(max_mem=arguments.max_mem, backend=backend,
                                include_children=arguments.include_children)
    try:
        if target.endswith(".py"):
            script = find_script(target)
            sys.path[0] = os.path.dirname(os.path.abspath(script))
            exec_with_profiler(script, profiler, backend, passed)
        else:
            run_module_with_profiler(target, profiler, backend, passed)
    finally:
        out = open(arguments.out_filename, "a") if arguments.out_filename else sys.stdout
        if isinstance(profiler, TimeStamper):
            profiler.show_results(stream=out)
        else:
            show_results(profiler, stream=out, precision=arguments.precision)
        if out is not sys.stdout:
            out.close()


if __name__ == "__main__":
    # The script's `from memory_profiler import profile` is to find this module, not a second one.
    sys.modules["memory_profiler"] = sys.modules["__main__"]
    _main()
