# A module's attributes, __getattr__ and __dir__.
import sys, types
m = types.ModuleType("m", "doc")
print(m.__name__, m.__doc__, m.__package__, m.__loader__, m.__spec__, m)  # expect: m doc None None None <module 'm'>
sys.modules["made"] = m
exec("def __getattr__(n):\n if n == 'lazy': return 'value'\n raise AttributeError(n + ' is missing')", m.__dict__)
import made
print(made.lazy)  # expect: value
try:
    made.other
except AttributeError as e:
    print(e)  # expect: other is missing
from made import lazy
print(lazy)  # expect: value
try:
    types.ModuleType("n").x
except AttributeError as e:
    print(e)  # expect: module 'n' has no attribute 'x'
