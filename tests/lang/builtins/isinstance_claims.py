# isinstance() of what tells another class than its own: property, class attribute, __getattribute__.
class Other:
    pass


class Claims:
    @property
    def __class__(self):
        return Other


class Attribute:
    __class__ = Other


class Hook:
    def __getattribute__(self, name):
        return Other if name == "__class__" else object.__getattribute__(self, name)


class Lazy:
    def __getattr__(self, name):
        return Other


class Plain:
    pass


def is_other(o):
    return isinstance(o, Other)


print([is_other(o) for o in (Claims(), Attribute(), Hook(), Lazy(), Plain(), 1, "", None, [])])
# expect: [True, True, True, False, False, False, False, False, False]
print([isinstance(o, (int, Other)) for o in (Claims(), Plain(), 1, True)])
# expect: [True, False, True, True]
o = Plain()
o.__dict__["__class__"] = Other
print(is_other(o))                              # expect: False


class Late:
    pass


o = Late()
print(is_other(o))                              # expect: False
o.__class__ = Other
print(is_other(o), type(o).__name__)            # expect: True Other


class Raises:
    @property
    def __class__(self):
        raise ValueError("no class")


try:
    is_other(Raises())
except ValueError as error:
    print(error)                                # expect: no class
import importlib.machinery
import sys

print(isinstance(sys.__spec__, importlib.machinery.ModuleSpec))     # expect: True
print(isinstance(sys.__spec__, Other))          # expect: False
