# Arithmetic, remainders and powers of floats.
print(7.5 // 2, -7.5 // 2, 7.5 % -2, -7.5 % 2, divmod(-7.5, 2), 0.0 % -3, -0.0 % 3)  # expect: 3.0 -4.0 -0.5 0.5 (-4.0, 0.5) -0.0 0.0
print(2.0 ** 0.5, (-8.0) ** 2, 2.0 ** -1, 0.0 ** 0, (-1.0) ** 0.5, 1.0 ** float("nan"), float("nan") ** 0)  # expect: 1.4142135623730951 64.0 0.5 1.0 (6.123233995736766e-17+1j) 1.0 1.0
print(1e308 + 1e308, float("inf") - float("inf"), 5 + 0.5, 1 - 0.9, 3 * 0.1, 1 / 3)  # expect: inf nan 5.5 0.09999999999999998 0.30000000000000004 0.3333333333333333
for op in ("1.0 / 0", "1.0 // 0", "1.0 % 0", "divmod(1.0, 0)", "0.0 ** -1", "10.0 ** 400", "1.0 + 'a'"):
    try:
        print(eval(op))
    except (ZeroDivisionError, OverflowError, TypeError) as e:
        print(type(e).__name__, e)  # expect: ZeroDivisionError float division by zero
        # expect: ZeroDivisionError float floor division by zero
        # expect: ZeroDivisionError float modulo
        # expect: ZeroDivisionError float divmod()
        # expect: ZeroDivisionError 0.0 cannot be raised to a negative power
        # expect: OverflowError (34, 'Numerical result out of range')
        # expect: TypeError unsupported operand type(s) for +: 'float' and 'str'
