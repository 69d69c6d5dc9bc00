# Cells and code objects of functions.
import types
def f():
    x = 1
    return lambda: x
g = f()
print(type(g.__closure__[0]), g.__closure__[0].cell_contents, g.__code__.co_freevars)  # expect: <class 'cell'> 1 ('x',)
c = types.CellType(5)
h = types.FunctionType(g.__code__, {}, "name", None, (c,))
print(h(), h.__name__, c == types.CellType(5), c < types.CellType(6))  # expect: 5 name True True
try:
    types.CellType().cell_contents
except ValueError as e:
    print(e)  # expect: Cell is empty
for args in [(g.__code__, {}), (g.__code__, {}, None, None, ()), (5, {}), (g.__code__, 5), (g.__code__, {}, None, None, (1,))]:
    try:
        types.FunctionType(*args)
    except (TypeError, ValueError) as e:
        print(type(e).__name__, e)  # expect: TypeError arg 5 (closure) must be tuple
        # expect: ValueError <lambda> requires closure of length 1, not 0
        # expect: TypeError function() argument 'code' must be code, not int
        # expect: TypeError function() argument 'globals' must be dict, not int
        # expect: TypeError arg 5 (closure) expected cell, found int
