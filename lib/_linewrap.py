# SPDX-License-Identifier: MIT
"""What profilers of lines have in common: recording while functions run, whatever kind they are."""
import _thread
import functools
import inspect
import os
import sys


class _Block:
    """Runs one function at the begin of a block, another at its end."""

    def __init__(self, begin, end):
        self._begin, self._end = begin, end

    def __enter__(self):
        self._begin()

    def __exit__(self, *exc):
        self._end()


class CountedProfiler:
    """Records a thread between enable() and disable(), which the subclass has; they may be asked for
    several times, enable_by_count() and disable_by_count()."""

    @property
    def enable_count(self):
        """How often recording of this thread was asked for, and not undone."""
        return self.__dict__.get("_enabled", {}).get(_thread.get_ident(), 0)

    @enable_count.setter
    def enable_count(self, count):
        enabled = self.__dict__.setdefault("_enabled", {})
        if count:
            enabled[_thread.get_ident()] = count
        else:
            enabled.pop(_thread.get_ident(), None)

    def enable_by_count(self):
        """Record, unless that has been asked for already."""
        if self.enable_count == 0:
            self.enable()
        self.enable_count += 1

    def disable_by_count(self):
        """Undo one enable_by_count()."""
        if self.enable_count > 0:
            self.enable_count -= 1
            if self.enable_count == 0:
                self.disable()

    def __enter__(self):
        self.enable_by_count()
        return self

    def __exit__(self, *exc):
        self.disable_by_count()

    def _recording(self):
        return _Block(self.enable_by_count, self.disable_by_count)

    # -- functions that record --

    def wrap_function(self, func):
        """A function that runs `func` while this profiler records."""
        if inspect.iscoroutinefunction(func):
            return self.wrap_coroutine(func)
        if inspect.isasyncgenfunction(func):
            return self.wrap_async_generator(func)
        if inspect.isgeneratorfunction(func):
            return self.wrap_generator(func)

        @functools.wraps(func)
        def wrapper(*args, **keywords):
            with self._recording():
                return func(*args, **keywords)
        return wrapper

    def wrap_classmethod(self, func):
        """The same for a classmethod object."""
        return classmethod(self.wrap_function(func.__func__))

    def wrap_staticmethod(self, func):
        """The same for a staticmethod object."""
        return staticmethod(self.wrap_function(func.__func__))

    def wrap_coroutine(self, func):
        @functools.wraps(func)
        async def wrapper(*args, **keywords):
            with self._recording():
                return await func(*args, **keywords)
        return wrapper

    def wrap_generator(self, func):
        @functools.wraps(func)
        def wrapper(*args, **keywords):
            return (yield from self._drive(func(*args, **keywords)))
        return wrapper

    def wrap_async_generator(self, func):
        @functools.wraps(func)
        async def wrapper(*args, **keywords):
            self.enable_by_count()
            try:
                async for value in func(*args, **keywords):
                    with _Block(self.disable_by_count, self.enable_by_count):
                        yield value
            finally:
                self.disable_by_count()
        return wrapper

    def _drive(self, generator):
        """Step a generator, recording while it runs and not while its user does."""
        step, value = generator.send, None
        while True:
            self.enable_by_count()
            try:
                produced = step(value)
            except StopIteration as end:
                return end.value
            finally:
                self.disable_by_count()
            try:
                value = yield produced
                step = generator.send
            except GeneratorExit:
                generator.close()
                raise
            except BaseException as error:
                step, value = generator.throw, error

    # -- running code --

    def runctx(self, cmd, globals, locals):
        """Run a statement, recording."""
        with self._recording():
            exec(cmd, globals, locals)
        return self

    def run(self, cmd):
        """Run a statement in the main namespace, recording."""
        import __main__
        return self.runctx(cmd, __main__.__dict__, __main__.__dict__)

    def runcall(self, func, *args, **keywords):
        """Call a function, recording."""
        with self._recording():
            return func(*args, **keywords)


def find_script(script_name):
    """The path of a script, looked for along PATH too."""
    if os.path.isfile(script_name):
        return script_name
    for folder in os.getenv("PATH", os.defpath).split(os.pathsep):
        path = os.path.join(folder, script_name)
        if folder and os.path.isfile(path):
            return path
    sys.stderr.write(f"Could not find script {script_name}\n")
    raise SystemExit(1)
