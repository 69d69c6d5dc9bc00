# The recursion limit counts repr, comparison, isinstance and groups within each other.
import sys

nested = []
other = []
for _ in range(sys.getrecursionlimit()):
    nested = [nested]
    other = [other]
group = ExceptionGroup("e", [ValueError()])
classes = (int,)
for _ in range(sys.getrecursionlimit()):
    group = ExceptionGroup("e", [group])
    classes = (classes,)
for name, action in {
    "repr": lambda: repr(nested),
    "==": lambda: nested == other,
    "isinstance": lambda: isinstance("", classes),
    "issubclass": lambda: issubclass(str, classes),
    "split": lambda: group.split(lambda e: False),
}.items():
    try:
        action()
    except RecursionError as e:
        print(name, e)
# expect: repr maximum recursion depth exceeded while getting the repr of an object
# expect: == maximum recursion depth exceeded in comparison
# expect: isinstance maximum recursion depth exceeded in __instancecheck__
# expect: issubclass maximum recursion depth exceeded in __subclasscheck__
# expect: split maximum recursion depth exceeded
