# A package is imported, with relative imports, a star, names of a module's __getattr__ and failures.
import packages.shapes.round
from packages.shapes import *
from packages.shapes.square import late
import packages.shapes as shapes, sys, importlib
print(Square(2).area, round.area(2), late, shapes.__name__, packages.shapes.round is round)  # expect: 4 12 ['late'] packages.shapes True
for statement in ("import packages.missing", "from packages.shapes import missing", "from packages.shapes.square import absent"):
    try:
        exec(statement)
    except ImportError as e:
        print(type(e).__name__, e.name)
# expect: ModuleNotFoundError packages.missing
# expect: ImportError packages.shapes
# expect: ImportError packages.shapes.square
del sys.modules["packages.shapes.square"]
print(importlib.import_module("..square", "packages.shapes.round").squared(3), importlib.reload(round).area(1))  # expect: 9 3
