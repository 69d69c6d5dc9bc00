# Programs ask for what is in sys.path as importlib's finders do: plugins, metadata, hooks of their own.
import importlib.machinery
import importlib.metadata
import importlib.util
import os
import pkgutil
import sys
import tempfile
import zipfile

import package
print([m.name for m in pkgutil.iter_modules(package.__path__)][:2])  # expect: ['broken', 'cycle_a']
print(type(pkgutil.get_importer(package.__path__[0])).__name__)  # expect: FileFinder
spec = importlib.machinery.PathFinder.find_spec("package")
print(spec.name, isinstance(spec.loader, importlib.machinery.SourceFileLoader))  # expect: package True
print(isinstance(package.__loader__, importlib.machinery.SourceFileLoader))  # expect: True
print(isinstance(package.__spec__, importlib.machinery.ModuleSpec))  # expect: True
for hook in sys.path_hooks:
    try:
        hook("/no/such/place")
    except ImportError as e:
        print(e)
# expect: not a Zip file
# expect: only directories are supported

with tempfile.TemporaryDirectory() as folder:
    info = os.path.join(folder, "thing-2.5.dist-info")
    os.mkdir(info)
    with open(os.path.join(info, "METADATA"), "w") as f:
        f.write("Metadata-Version: 2.1\nName: thing\nVersion: 2.5\n")
    with open(os.path.join(info, "entry_points.txt"), "w") as f:
        f.write("[things]\na = thing:A\n")
    sys.path.insert(0, folder)
    importlib.invalidate_caches()
    print(importlib.metadata.version("thing"))  # expect: 2.5
    print([e.value for e in importlib.metadata.entry_points(group="things")])  # expect: ['thing:A']

    # parts of a namespace in two zip files
    for part in "ab":
        path = os.path.join(folder, part + ".zip")
        with zipfile.ZipFile(path, "w") as z:
            z.writestr(f"spread/{part}.py", f"where = {part!r}")
            z.writestr(f"spread/", "")
        sys.path.append(path)
    import spread.a, spread.b
    print(spread.a.where, spread.b.where)  # expect: a b

    # a hook before the usual ones has the folders, too
    class Finder:
        def __init__(self, path):
            if not path.endswith("special"):
                raise ImportError
            self.path = path

        def find_spec(self, name, target=None):
            return importlib.util.spec_from_loader(name, self) if name == "magic" else None

        def create_module(self, spec):
            return None

        def exec_module(self, module):
            module.word = "abracadabra"

    special = os.path.join(folder, "special")
    os.mkdir(special)
    with open(os.path.join(special, "magic.py"), "w") as f:
        f.write("word = 'from the file'")
    with open(os.path.join(folder, "plain.py"), "w") as f:
        f.write("word = 'plain'")
    sys.path_hooks.insert(0, Finder)
    sys.path.append(special)
    import magic, plain
    print(magic.word, plain.word)  # expect: abracadabra plain
sys.path_hooks.remove(Finder)
try:
    importlib.metadata.version("nothing")
except importlib.metadata.PackageNotFoundError as e:
    print(e)  # expect: No package metadata was found for nothing
