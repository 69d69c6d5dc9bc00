# Bytes built.
b = bytes(range(5)) + bytearray(b'xy')
print(b, b.hex())  # expect: b'\x00\x01\x02\x03\x04xy' 00010203047879
