# Bit operations see two's complement without end.
for a, b in [(12, 10), (-12, 10), (12, -10), (-12, -10), (2 ** 70, 2 ** 69 + 5), (-2 ** 70, 2 ** 71 - 1)]:
    print(a & b, a | b, a ^ b, ~a)  # expect: 8 14 6 -13
    # expect: 0 -2 -2 11
    # expect: 4 -2 -6 -13
    # expect: -12 -10 2 11
    # expect: 0 1770887431076116955141 1770887431076116955141 -1180591620717411303425
    # expect: 1180591620717411303424 -1 -1180591620717411303425 1180591620717411303423
print(1 << 100, -1 << 65, (1 << 100) >> 98, -1 >> 1000, -5 >> 1, 5 >> 1000, 0 << 10 ** 10)  # expect: 1267650600228229401496703205376 -36893488147419103232 4 -1 -3 0 0
for op in ("1 << -1", "1 >> -1", "1 << (1 << 70)", "1 & 1.0"):
    try:
        eval(op)
    except (ValueError, OverflowError, TypeError, MemoryError) as e:
        print(type(e).__name__, e)  # expect: ValueError negative shift count
        # expect: ValueError negative shift count
        # expect: OverflowError too many digits in integer
        # expect: TypeError unsupported operand type(s) for &: 'int' and 'float'
