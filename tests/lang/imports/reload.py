# reload runs a module again in the same namespace.
import importlib
import package.one
package.one.NAME = "changed"
package.one.extra = "kept"
m = importlib.reload(package.one)
print(m is package.one, m.NAME, m.extra)  # expect: True package.one kept
