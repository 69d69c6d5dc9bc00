# Decimal arithmetic of short and long numbers, conversions, contexts.
from _decimal import Context, Decimal, DivisionByZero, localcontext
a, b = Decimal("1.23"), Decimal(10) / 7
print(a + b, a * b, round(a, 1))  # expect: 2.658571428571428571428571429 1.757142857142857142857142858 1.2
with localcontext(prec=90) as c:
    long = Decimal(1) / 7
    print(len(str(long * long)), divmod(long, a)[0], (long / Decimal(3 ** 200)).adjusted())  # expect: 93 0 -97
    print(str(Decimal(2).sqrt())[:6], Decimal(1).exp().ln() == 1, Decimal(2) ** Decimal("0.5") == Decimal(2).sqrt())  # expect: 1.4142 True True
    print(int(Decimal(10) ** 50) == 10 ** 50, Decimal(10 ** 50) == 10 ** 50)  # expect: True True
print(a.as_tuple(), a.as_integer_ratio(), hash(a) == hash(Decimal("1.230")))  # expect: DecimalTuple(sign=0, digits=(1, 2, 3), exponent=-2) (123, 100) True
print(f"{Decimal('1234567.891'):>15,.2f}", Decimal((0, (1, 2), -1)), Decimal(1.25).quantize(Decimal("0.1")))  # expect:    1,234,567.89 1.2 1.2
try:
    a / 0
except DivisionByZero as e:
    print(e)  # expect: [<class 'decimal.DivisionByZero'>]
print(Context(prec=5, flags=[]).copy())  # expect: Context(prec=5, rounding=ROUND_HALF_EVEN, Emin=-999999, Emax=999999, capitals=1, clamp=0, flags=[], traps=[InvalidOperation, DivisionByZero, Overflow])
