# __index__, __int__, __float__, __complex__ and their fallbacks.
class I:
    def __index__(self): return 3
class F:
    def __float__(self): return 2.5
class T:
    def __trunc__(self): return 9
print([10, 20, 30, 40][I()], hex(I()), int(I()), float(I()), complex(I()), range(I()))  # expect: 40 0x3 3 3.0 (3+0j) range(0, 3)
print(float(F()), complex(F()))  # expect: 2.5 (2.5+0j)
def attempt(f):
    try:
        print(f())
    except TypeError as e:
        print(e)
attempt(lambda: int(F()))  # expect: int() argument must be a string, a bytes-like object or a real number, not 'F'
attempt(lambda: [1][F()])  # expect: list indices must be integers or slices, not F
class Bad:
    def __index__(self): return "x"
    def __float__(self): return 1
attempt(lambda: [1][Bad()])  # expect: __index__ returned non-int (type str)
attempt(lambda: float(Bad()))  # expect: Bad.__float__ returned non-float (type int)
attempt(lambda: range(1.5))  # expect: 'float' object cannot be interpreted as an integer
