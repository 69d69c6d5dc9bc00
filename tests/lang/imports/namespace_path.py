# The __path__ of a namespace package follows the folders that its name has.
import os
import sys
import tempfile

import space

path = space.__path__
print(type(path).__name__, len(path), space.__file__, space.__spec__.origin, space.__spec__.parent)
# expect: _NamespacePath 1 None None space
print(space.__spec__.submodule_search_locations is path)    # expect: True
print(type(space.__loader__).__name__)                      # expect: NamespaceLoader
with tempfile.TemporaryDirectory() as folder:
    os.makedirs(os.path.join(folder, "space", "inner"))
    with open(os.path.join(folder, "space", "later.py"), "w") as file:
        file.write("HERE = 'found later'")
    sys.path.append(folder)
    import space.later
    import space.inner
    print(space.later.HERE, len(list(path)), type(space.inner.__path__).__name__)
    # expect: found later 2 _NamespacePath
    sys.path.pop()
    print(len(list(path)))                                  # expect: 1
