# Float results that go straight into the next operation behave as if each were a value of its own.
inf = float('inf')
nan = float('nan')

class Number:
    def __init__(self, name):
        self.name = name

    def __repr__(self):
        return self.name

    def __add__(self, other):
        return ('add', self, other)

    def __radd__(self, other):
        return ('radd', self, other)

    def __sub__(self, other):
        return ('sub', self, other)

    def __rsub__(self, other):
        return ('rsub', self, other)

    def __mul__(self, other):
        return ('mul', self, other)

    def __rmul__(self, other):
        return ('rmul', self, other)

    def __rtruediv__(self, other):
        return ('rtruediv', self, other)

    def __gt__(self, other):
        return ('gt', self, other)

def chains(x, y, z):
    return (x * y + z, z + x * y, x + y - z, z - x * y, z - (x + y), x * y * z, 2.0 * x * y)

def constants(x, y):
    return x * y + 1.5, x + y - 1.5, (x - y) * 1.5, (x + y) / 1.5, 1.5 - x, 1.5 / x

def branches(x, y, z):
    return [1 if x * y < z else 0, 1 if z < x * y else 0, 1 if x * y <= z else 0,
            1 if x * y == z else 0, 1 if x * y != z else 0, 1 if z >= x * y else 0,
            1 if x * y > 4.0 else 0, 1 if 4.0 > x * y else 0, 1 if x - y == 0.0 else 0]

def divide(x, y, z):
    return z / (x - y)

def same(x, y):
    product = x * y
    return product is product, (x * y) * (x * y)

print(chains(1.5, 4.5, 3.25))
# expect: (10.0, 10.0, 2.75, -3.5, -2.75, 21.9375, 13.5)
print(chains(0.0, 2.5, 1.0))
# expect: (1.0, 1.0, 1.5, 1.0, -1.5, 0.0, 0.0)
print(chains(1e200, 1e200, 1.0))
# expect: (inf, inf, 2e+200, -inf, -2e+200, inf, inf)
print(chains(1e-200, 1e-150, 2.0))
# expect: (2.0, 2.0, -2.0, 2.0, 2.0, 0.0, 0.0)
print(chains(inf, 2.0, inf))
# expect: (inf, inf, nan, nan, nan, inf, inf)
print(chains(2, 3.5, 4))
# expect: (11.0, 11.0, 1.5, -3.0, -1.5, 28.0, 14.0)
print(chains(2.5, 3, True))
# expect: (8.5, 8.5, 4.5, -6.5, -4.5, 7.5, 15.0)
print(chains(1.5, 2.0, Number('n')))
# expect: (('radd', n, 3.0), ('add', n, 3.0), ('rsub', n, 3.5), ('sub', n, 3.0), ('sub', n, 3.5), ('rmul', n, 3.0), 6.0)
print(chains(1.5, 2.0, 1 + 2j))
# expect: ((4+2j), (4+2j), (2.5-2j), (-2+2j), (-2.5+2j), (3+6j), 6.0)
print(constants(1.5, 4.5))
# expect: (8.25, 4.5, -4.5, 4.0, 0.0, 1.0)
print(constants(2, 3))
# expect: (7.5, 3.5, -1.5, 3.3333333333333335, -0.5, 0.75)
print(constants(-0.5, -1.5))
# expect: (2.25, -3.5, 1.5, -1.3333333333333333, 2.0, -3.0)

print(branches(1.5, 4.5, 6.75))
# expect: [0, 0, 1, 1, 0, 1, 1, 0, 0]
print(branches(nan, 4.5, 6.75))
# expect: [0, 0, 0, 0, 1, 0, 0, 0, 0]
print(branches(1e200, 1e200, inf))
# expect: [0, 0, 1, 1, 0, 1, 1, 0, 1]
print(branches(2.0, 2.0, 10 ** 400))
# expect: [1, 0, 1, 0, 1, 1, 0, 0, 1]
print(branches(2.0, 2.0, 4))
# expect: [0, 0, 1, 1, 0, 1, 0, 0, 1]

print(same(1.5, 1e300))
# expect: (True, inf)
try:
    divide(1.5, 1.5, 2.0)
except ZeroDivisionError as error:
    print(error)
    # expect: float division by zero
try:
    chains(1.5, 2.0, 'text')
except TypeError as error:
    print(error)
    # expect: unsupported operand type(s) for +: 'float' and 'str'
print(divide(1.5, 1.5, 1.0))    # expect error: ZeroDivisionError: float division by zero
