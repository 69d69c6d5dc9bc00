# warn_explicit() splits the source of a loader as str does, whatever its class says.
import warnings


class Source(str):
    def splitlines(self):
        return 42


class Loader:
    def __init__(self, source):
        self.source = source

    def get_source(self, name):
        return self.source


def warn(source):
    warnings.warn_explicit("foo", UserWarning, "bar", 1, module_globals={"__loader__": Loader(source), "__name__": "x"})


warn(Source("spam"))
# expect stderr: bar:1: UserWarning: foo
try:
    warn(5)
except TypeError as e:
    print(e)  # expect: must be str, not int
