# is_integer, as_integer_ratio, hex, fromhex.
print((2.0).is_integer(), (2.5).is_integer(), (0.75).as_integer_ratio(), (-1e20).as_integer_ratio(), (1.5).hex(), (-0.1).hex(), (0.0).hex(), float("inf").hex())  # expect: True False (3, 4) (-100000000000000000000, 1) 0x1.8000000000000p+0 -0x1.999999999999ap-4 0x0.0p+0 inf
print(float.fromhex("0x1.8p1"), float.fromhex("-1.8"), float.fromhex("inf"), float.fromhex("0x1p-1074"), float.fromhex("0x.8p0"))  # expect: 3.0 -1.5 inf 5e-324 0.5
print((3.7).__trunc__(), (3.7).__floor__(), (-3.7).__ceil__(), (2.5).conjugate(), (2.5).real, (2.5).imag)  # expect: 3 3 -3 2.5 2.5 0.0
for f in (lambda: float("inf").as_integer_ratio(), lambda: float("nan").as_integer_ratio(), lambda: float.fromhex("0x"), lambda: float.fromhex("0x1p5000"), lambda: int(float("inf")), lambda: int(float("nan"))):
    try:
        f()
    except (OverflowError, ValueError) as e:
        print(type(e).__name__, e)  # expect: OverflowError cannot convert Infinity to integer ratio
        # expect: ValueError cannot convert NaN to integer ratio
        # expect: ValueError invalid hexadecimal floating-point string
        # expect: OverflowError hexadecimal value too large to represent as a float
        # expect: OverflowError cannot convert float infinity to integer
        # expect: ValueError cannot convert float NaN to integer
