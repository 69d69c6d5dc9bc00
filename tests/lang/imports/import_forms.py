# import binds the top package, or the module itself under as.
import os.path
import os.path as p
print(os.__name__, p is os.path)  # expect: os True
import sys as system, json
print(system.__name__, json.__name__)  # expect: sys json
from os import (path, sep as separator,)
print(path is p, separator)  # expect: True /
print(__import__("os.path").__name__, __import__("os.path", fromlist=["x"]).__name__ in ("posixpath",))  # expect: os True
