# bytes() of every kind of argument.
print(bytes(), bytes(3), bytes([1, 255]), bytes("é", "utf-8"), bytes(b"x"), bytes(bytearray(b"y")), bytes(range(3)), bytes.fromhex("0aFF 10"), b"\x00\x7f\x80'\"\n")  # expect: b'' b'\x00\x00\x00' b'\x01\xff' b'\xc3\xa9' b'x' b'y' b'\x00\x01\x02' b'\n\xff\x10' b'\x00\x7f\x80\'"\n'
class B:
    def __bytes__(self): return b"own"
print(bytes(B()), bytes(memoryview(b"mv")), b"it's", b'"', b"a\\")  # expect: b'own' b'mv' b"it's" b'"' b'a\\'
for args in [("é",), (-1,), ([256],), (["a"],), (1.5,), ("é", "ascii"), (5, "utf-8"), (None,), ([-1],)]:
    try:
        bytes(*args)
    except (TypeError, ValueError) as e:
        print(type(e).__name__, e)  # expect: TypeError string argument without an encoding
        # expect: ValueError negative count
        # expect: ValueError bytes must be in range(0, 256)
        # expect: TypeError 'str' object cannot be interpreted as an integer
        # expect: TypeError cannot convert 'float' object to bytes
        # expect: UnicodeEncodeError 'ascii' codec can't encode character '\xe9' in position 0: ordinal not in range(128)
        # expect: TypeError encoding without a string argument
        # expect: TypeError cannot convert 'NoneType' object to bytes
        # expect: ValueError bytes must be in range(0, 256)
try:
    bytes.fromhex("0g")
except ValueError as e:
    print(e)  # expect: non-hexadecimal number found in fromhex() arg at position 1
