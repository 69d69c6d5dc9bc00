# A finder on sys.meta_path brings modules from anywhere.
import sys
from importlib.machinery import ModuleSpec
class Finder:
    def find_spec(self, name, path, target=None):
        if name.startswith("virtual"):
            return ModuleSpec(name, self, is_package=name == "virtual")
    def create_module(self, spec): return None
    def exec_module(self, module): module.made_by = "finder for " + module.__name__
sys.meta_path.insert(0, Finder())
import virtual.part
print(virtual.made_by, virtual.part.made_by)  # expect: finder for virtual finder for virtual.part
del sys.modules["virtual.part"]
sys.modules["virtual.none"] = None
try:
    import virtual.none
except ModuleNotFoundError as e:
    print(e)  # expect: import of virtual.none halted; None in sys.modules
