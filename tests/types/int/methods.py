# bit_length, bit_count, to_bytes, from_bytes, as_integer_ratio and the attributes.
print((0).bit_length(), (-255).bit_length(), (2 ** 100).bit_length(), (255).bit_count(), (-7).bit_count())  # expect: 0 8 101 8 3
print((1000).to_bytes(2, "big"), (1000).to_bytes(4, "little"), (-2).to_bytes(3, "big", signed=True), (5).to_bytes())  # expect: b'\x03\xe8' b'\xe8\x03\x00\x00' b'\xff\xff\xfe' b'\x05'
print(int.from_bytes(b"\x03\xe8", "big"), int.from_bytes(b"\xff\xfe", "little", signed=True), int.from_bytes([1, 2], "big"))  # expect: 1000 -257 258
print((5).as_integer_ratio(), (5).real, (5).imag, (5).numerator, (5).denominator, (5).conjugate(), (5).__index__())  # expect: (5, 1) 5 0 5 1 5 5
for f in (lambda: (256).to_bytes(1, "big"), lambda: (-1).to_bytes(1, "big"), lambda: (1).to_bytes(-1, "big"), lambda: (1).to_bytes(1, "middle"), lambda: int.from_bytes("a", "big")):
    try:
        f()
    except (OverflowError, ValueError, TypeError) as e:
        print(type(e).__name__, e)  # expect: OverflowError int too big to convert
        # expect: OverflowError can't convert negative int to unsigned
        # expect: ValueError length argument must be non-negative
        # expect: ValueError byteorder must be either 'little' or 'big'
        # expect: TypeError cannot convert 'str' object to bytes
