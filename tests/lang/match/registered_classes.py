# Patterns: registration with an ABC counts for subclasses; the first in the MRO decides; str is none.
import collections
import collections.abc


class Parent:
    pass


class Child(Parent):
    def __len__(self):
        return 0


class Both(collections.UserDict, collections.abc.Sequence):
    pass


def kind(x):
    match x:
        case [*_]:
            return "sequence"
        case {}:
            return "mapping"


print(kind(Child()))
collections.abc.Sequence.register(Parent)
print(kind(Child()), kind(Both()), kind("text"), kind(b"bytes"), kind(bytearray()))
# expect: None
# expect: sequence mapping None None None
