# int() of text: bases, signs, underscores, white space, any digits.
print(int("12"), int(" -12\n"), int("+1_000"), int("ff", 16), int("0xff", 16), int("0b11", 0), int("z", 36), int("٣"))  # expect: 12 -12 1000 255 255 3 35 3
print(int(b"12"), int(bytearray(b"7")), int(3.99), int(-3.99), int(True), int())  # expect: 12 7 3 -3 1 0
for args in [("",), ("1__0",), ("_1",), ("0x",), ("12", 2), ("1.5",), ("9", 37), ("010", 0), (1.5, 10), (None,), ([],), ("\0",), ("é",), (b"\xff",)]:
    try:
        print(int(*args))
    except (ValueError, TypeError) as e:
        print(type(e).__name__, e)  # expect: ValueError invalid literal for int() with base 10: ''
        # expect: ValueError invalid literal for int() with base 10: '1__0'
        # expect: ValueError invalid literal for int() with base 10: '_1'
        # expect: ValueError invalid literal for int() with base 10: '0x'
        # expect: ValueError invalid literal for int() with base 2: '12'
        # expect: ValueError invalid literal for int() with base 10: '1.5'
        # expect: ValueError int() base must be >= 2 and <= 36, or 0
        # expect: ValueError invalid literal for int() with base 0: '010'
        # expect: TypeError int() can't convert non-string with explicit base
        # expect: TypeError int() argument must be a string, a bytes-like object or a real number, not 'NoneType'
        # expect: TypeError int() argument must be a string, a bytes-like object or a real number, not 'list'
        # expect: ValueError invalid literal for int() with base 10: '\x00'
        # expect: ValueError invalid literal for int() with base 10: 'é'
        # expect: ValueError invalid literal for int() with base 10: b'\xff'
