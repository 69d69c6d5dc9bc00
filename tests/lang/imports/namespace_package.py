# A folder without __init__ is a package without a file.
import space
import space.part
print(space.part.WHERE, space.__file__ if hasattr(space, "__file__") else None, type(space.__path__).__name__)  # expect: in a namespace package None _NamespacePath
