# + - * // % ** and divmod, for either sign.
for a, b in [(7, 2), (-7, 2), (7, -2), (-7, -2), (0, 5)]:
    print(a + b, a - b, a * b, a // b, a % b, divmod(a, b))  # expect: 9 5 14 3 1 (3, 1)
    # expect: -5 -9 -14 -4 1 (-4, 1)
    # expect: 5 9 -14 -4 -1 (-4, -1)
    # expect: -9 -5 14 3 -1 (3, -1)
    # expect: 5 -5 0 0 0 (0, 0)
print(2 ** 0, 0 ** 0, (-2) ** 3, 2 ** -2, 10 ** 20)  # expect: 1 1 -8 0.25 100000000000000000000
for op in ("1 // 0", "1 % 0", "divmod(1, 0)", "0 ** -1", "1 / 0"):
    try:
        eval(op)
    except ZeroDivisionError as e:
        print(e)  # expect: integer division or modulo by zero
        # expect: integer modulo by zero
        # expect: integer division or modulo by zero
        # expect: 0.0 cannot be raised to a negative power
        # expect: division by zero
