# An attribute of a module is looked at each time it is read, however the module's names change.
import types

module = types.ModuleType('module')
module.f = lambda x: x + 1


def read():
    return module.f(1)


results = []
for turn in range(6):
    results.append(read())
    if turn == 2:
        module.f = lambda x: x + 10
    if turn == 3:
        for i in range(50):
            setattr(module, 'name%d' % i, i)
    if turn == 4:
        del module.f
        module.f = lambda x: x * 100
print(results)                          # expect: [2, 2, 2, 11, 11, 100]
module.__getattr__ = lambda name: lambda x: name
del module.f
print(read())                           # expect: f
del module.__getattr__
read()                                  # expect error: AttributeError: module 'module' has no attribute 'f'
