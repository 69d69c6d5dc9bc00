# Packages, modules in them, relative imports and __all__.
import package.one
print(package.one.NAME, package.__name__, package.one.__package__)  # expect: package.one package package
from package import two, one as first
print(two.from_parent, first is package.one)  # expect: exported True
from package.inner.deep import up, sibling
print(up, sibling)  # expect: package.one sibling
from package import *
print(exported, "hidden" in globals())  # expect: exported False
