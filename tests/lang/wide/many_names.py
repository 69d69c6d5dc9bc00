# A code object may have more names and constants than fit in 16 bits: globals, attributes, methods, imports.
import sys
import types

COUNT = 66000
last = COUNT - 1
lines = lambda line: "\n".join(line.format(i=i) for i in range(COUNT))

namespace = {}
exec(lines("v{i} = 's{i}'") + f"""
del v{last}
try:
    v{last}
except NameError as error:
    print(error)
v{last} = 1
v{last} += 2
print(v0, v{last})
""", namespace)
# expect: name 'v65999' is not defined
# expect: s0 3

exec(f"""
def function():
    global v{last}
    if 0:
        pass
{lines("    v{i}")}
    v{last} = 's'
    for i in range(3):
        v{last} += str(i)
    del v0
    try:
        del v{last}, v{last}
    except NameError as error:
        print(error)
    return len
""".replace("global ", "global v0, "), namespace)
print(namespace["function"](), "v0" in namespace)
# expect: name 'v65999' is not defined
# expect: <built-in function len> False

exec(f"""
class C:
    def method(self, x=1):
        return x
c = C()
{lines("c.a{i} = 0")}
c.b = 1
c.b += 1
print(c.b, len(c.__dict__))
del c.b
try:
    c.b
except AttributeError as error:
    print(error)
print(c.method(), c.method(2), c.method(x=3))
""", {"print": print, "len": len, "__name__": "m"})
# expect: 2 66001
# expect: 'C' object has no attribute 'b'
# expect: 1 2 3

module = sys.modules["many"] = types.ModuleType("many")
for i in range(COUNT):
    setattr(module, f"n{i}", i)
names = {}
exec("from many import " + ", ".join(f"n{i}" for i in range(COUNT)) + "\nimport os.path as p, many as q", names)
print(names[f"n{last}"], names["p"].__name__, names["q"].__name__)
# expect: 65999 posixpath many

try:
    exec("from many import " + ", ".join(f"n{i}" for i in range(COUNT + 1)), {})
except ImportError as error:
    print(error)
# expect: cannot import name 'n66000' from 'many' (unknown location)

exec(lines("def f{i}(a=1): return {i}"), names)
print(names[f"f{last}"](), names["f7"](2))
# expect: 65999 7
