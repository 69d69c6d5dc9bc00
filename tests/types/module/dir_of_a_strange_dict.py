# dir() of a module asks the module's class for __dict__, which must be a dict.
import types


class Strange(types.ModuleType):
    __dict__ = 8


print(sorted(types.ModuleType("plain").__dict__)[:2])       # expect: ['__doc__', '__loader__']
try:
    dir(Strange("strange"))
except TypeError as e:
    print(e)                                                # expect: <module>.__dict__ is not a dictionary
