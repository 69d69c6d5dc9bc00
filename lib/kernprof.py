# SPDX-License-Identifier: MIT
"""Run a script under a profiler: kernprof's command line.

    ounce -m kernprof -l -v script.py
"""
import argparse
import builtins
import cProfile
import os
import pstats
import runpy
import sys
import types

from _linewrap import CountedProfiler, find_script

__version__ = "4.1.0"


class ContextualProfile(CountedProfiler):
    """A cProfile.Profile that can be a decorator and a context manager."""

    def __init__(self, *args, **keywords):
        self._profile = cProfile.Profile(*args, **keywords)

    def __getattr__(self, name):
        return getattr(self._profile, name)

    def __call__(self, func):
        return self.wrap_function(func)

    def enable(self, subcalls=True, builtins=True):
        self._profile.enable(subcalls=subcalls, builtins=builtins)

    def disable(self):
        self._profile.disable()


def execfile(filename, globals=None, locals=None):
    """Run a file."""
    with open(filename, "rb") as file:
        exec(compile(file.read(), filename, "exec"), globals, locals)


def _parser():
    parser = argparse.ArgumentParser(prog="kernprof", description="Run and profile a python script.")
    parser.add_argument("-V", "--version", action="version", version=__version__)
    parser.add_argument("-l", "--line-by-line", action="store_true",
                        help="Use the line-by-line profiler instead of cProfile. Implies --builtin.")
    parser.add_argument("-b", "--builtin", action="store_true",
                        help="Put 'profile' in the builtins. Use 'profile.enable()'/'.disable()', "
                             "'@profile' to decorate functions, or 'with profile:' to profile a "
                             "section of code.")
    parser.add_argument("-o", "--outfile",
                        help="Save stats to <outfile> (default: 'scriptname.lprof' with "
                             "--line-by-line, 'scriptname.prof' without)")
    parser.add_argument("-s", "--setup", help="Code to execute before the code to profile")
    parser.add_argument("-v", "--view", action="store_true",
                        help="View the results of the profile in addition to saving it")
    parser.add_argument("-u", "--unit", default=1e-6, type=float,
                        help="Output unit (in seconds) in which the timing info is displayed "
                             "(default: 1e-6)")
    parser.add_argument("-z", "--skip-zero", action="store_true",
                        help="Hide functions which have not been called")
    parser.add_argument("-i", "--output-interval", type=int, default=0, const=0, nargs="?",
                        help="Save stats every n seconds too")
    parser.add_argument("-m", "--module", action="store_true", help="The script is a module's name")
    parser.add_argument("script", help="The python script file to run")
    parser.add_argument("args", nargs=argparse.REMAINDER, help="Optional script arguments")
    return parser


class _Saving:
    """Saves the statistics every so often: at an alarm, since they are those of this thread."""

    def __init__(self, profiler, name, seconds):
        self._profiler, self._name, self._seconds = profiler, name, seconds

    def _save(self, *_):
        self._profiler.dump_stats(self._name)

    def __enter__(self):
        if self._seconds > 0:
            import signal
            signal.signal(signal.SIGALRM, self._save)
            signal.setitimer(signal.ITIMER_REAL, self._seconds, self._seconds)

    def __exit__(self, *exc):
        if self._seconds > 0:
            import signal
            signal.setitimer(signal.ITIMER_REAL, 0)


def _run(options, script, profiler):
    """Run the script as __main__."""
    if options.module:
        code = "run_module(name, run_name='__main__', alter_sys=True)"
        namespace = {"run_module": runpy.run_module, "name": script}
    else:
        main = types.ModuleType("__main__")
        main.__file__, main.__builtins__ = script, builtins
        sys.modules["__main__"] = main
        namespace = main.__dict__
        with open(script, "rb") as file:
            code = compile(file.read(), script, "exec")
    if options.builtin:
        exec(code, namespace, namespace)
    else:
        profiler.runctx(code, namespace, namespace)


def _prepare(options, script):
    """Search path and arguments, as the script would have them; and its setup."""
    if options.setup:
        setup = find_script(options.setup)
        name = os.path.splitext(os.path.basename(setup))[0]
        execfile(setup, {"__file__": setup, "__name__": name})
    sys.argv = [script] + options.args
    sys.path.insert(0, os.getcwd() if options.module else os.path.dirname(os.path.abspath(script)))


def main(args=None):
    """Run kernprof."""
    options = _parser().parse_args(args)
    script = options.script if options.module else find_script(options.script)
    outer = sys.modules["__main__"], sys.argv, list(sys.path)
    if options.line_by_line:
        from line_profiler import LineProfiler
        profiler, extension = LineProfiler(), "lprof"
        options.builtin = True
    else:
        profiler, extension = ContextualProfile(), "prof"
    outfile = options.outfile or f"{os.path.basename(options.script)}.{extension}"
    _prepare(options, script)
    if options.builtin:
        builtins.__dict__["profile"] = profiler
    try:
        try:
            with _Saving(profiler, outfile, options.output_interval):
                _run(options, script, profiler)
        except (KeyboardInterrupt, SystemExit):
            pass
    finally:
        sys.modules["__main__"], sys.argv, sys.path[:] = outer
        builtins.__dict__.pop("profile", None)
        _report(options, profiler, outfile)


def _report(options, profiler, outfile):
    profiler.dump_stats(outfile)
    print(f"Wrote profile results to {outfile}")
    if not options.view:
        program = os.path.basename(sys.executable) or "ounce"
        viewer = "line_profiler" if options.line_by_line else "pstats"
        print(f"Inspect results with:\n{program} -m {viewer} {outfile!r}")
    elif options.line_by_line:
        profiler.print_stats(output_unit=options.unit, stripzeros=options.skip_zero, stream=sys.stdout)
    else:
        pstats.Stats(outfile, stream=sys.stdout).print_stats()


if __name__ == "__main__":
    main()
