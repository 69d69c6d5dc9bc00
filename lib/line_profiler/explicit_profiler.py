# SPDX-License-Identifier: MIT
"""`profile`: a decorator that may stay in a program, and records only where it is asked to.

It is asked by LINE_PROFILE=1 in the environment, by --line-profile among the arguments, or by
profile.enable().  At the end it prints a summary and writes profile_output.txt and .lprof.
"""
import atexit
import os
import sys
import time

_NO = {"", "0", "off", "false", "no"}


class GlobalProfiler:
    """The profiler behind `profile`."""

    def __init__(self):
        self.enabled = None     # not asked yet
        self.output_prefix = "profile_output"
        self.write_config = {"lprof": True, "text": True, "timestamped_text": True, "stdout": True}
        self.show_config = {"stripzeros": True, "output_unit": 1e-6}
        self._profile = None

    def _is_asked(self):
        return (os.environ.get("LINE_PROFILE", "").lower() not in _NO
                or "--line-profile" in sys.argv or "--line_profile" in sys.argv)

    def enable(self, output_prefix=None):
        """Record what is decorated from now on, and report at the end."""
        from line_profiler.line_profiler import LineProfiler
        if output_prefix is not None:
            self.output_prefix = output_prefix
        if self._profile is None:
            self._profile = LineProfiler()
            atexit.register(self.show)
        self.enabled = True

    def disable(self):
        """Leave what is decorated from now on alone."""
        self.enabled = False

    def __call__(self, func):
        if self.enabled is None:
            if self._is_asked():
                self.enable()
            else:
                self.enabled = False
        return self._profile(func) if self.enabled else func

    def show(self):
        """Print and write the report."""
        config = self.write_config
        if config["stdout"]:
            self._profile.print_stats(**self.show_config)
        names = [self.output_prefix + ".txt"] if config["text"] else []
        if config["timestamped_text"]:
            names.append(f"{self.output_prefix}_{time.strftime('%Y-%m-%dT%H%M%S')}.txt")
        for name in names:
            with open(name, "w", encoding="utf-8") as file:
                self._profile.print_stats(stream=file, **self.show_config)
            print(f"Wrote profile results to {name}")
        if config["lprof"]:
            name = self.output_prefix + ".lprof"
            self._profile.dump_stats(name)
            print(f"Wrote profile results to {name}")
            print(f"To view details run:\n{os.path.basename(sys.executable)} -m line_profiler {name}")


profile = GlobalProfiler()
