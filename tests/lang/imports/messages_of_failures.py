# What a failing import says of modules without a name, of a wrong __all__, and of blocked submodules.
import sys
import types

nameless = types.ModuleType("x")
del nameless.__name__
sys.modules["nameless"] = nameless
try:
    from nameless import nope
except ImportError as e:
    print(e, e.name)            # expect: cannot import name 'nope' from '<unknown module name>' (unknown location) None


class Package(types.ModuleType):
    __all__ = [b"x"]
    __path__ = []


sys.modules["package"] = Package("package")
try:
    from package import *
except TypeError as e:
    print(e)                    # expect: Item in package.__all__ must be str, not bytes
sys.modules["package.blocked"] = None
try:
    from package import blocked
except ImportError as e:
    print(e)                    # expect: import of package.blocked halted; None in sys.modules


class Unwritable(types.ModuleType):
    __path__ = []

    def __setattr__(self, name, value):
        raise AttributeError(name)


import warnings


class Finder:
    def find_spec(self, name, path=None, target=None):
        if name == "unwritable.child":
            from importlib.machinery import ModuleSpec
            return ModuleSpec(name, self)

    def create_module(self, spec):
        return None

    def exec_module(self, module):
        try:
            sys.modules["unwritable"].child
        except AttributeError as e:
            print(e)


sys.modules["unwritable"] = Unwritable("unwritable")
sys.meta_path.append(Finder())
with warnings.catch_warnings(record=True) as caught:
    warnings.simplefilter("always")
    import unwritable.child
# expect: module 'unwritable' has no attribute 'child'
print(caught[0].category.__name__, caught[0].message)
# expect: ImportWarning Cannot set an attribute on 'unwritable' for child module 'child'
