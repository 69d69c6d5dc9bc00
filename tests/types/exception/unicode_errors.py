# UnicodeDecodeError and its kind check their arguments and words.
e = UnicodeDecodeError("codec", b"abc", 1, 2, "reason")
print(e, e.args)  # expect: 'codec' codec can't decode byte 0x62 in position 1: reason ('codec', b'abc', 1, 2, 'reason')
print(UnicodeDecodeError("c", b"abc", 0, 3, "r"), UnicodeEncodeError("c", "aé", 1, 2, "r"), UnicodeTranslateError("aé", 1, 2, "r"), sep="\n")  # expect: 'c' codec can't decode bytes in position 0-2: r
# expect: 'c' codec can't encode character '\xe9' in position 1: r
# expect: can't translate character '\xe9' in position 1: r
e.start = 5
print(e.start, e)  # expect: 5 'codec' codec can't decode bytes in position 5-1: reason
for f in (lambda: UnicodeDecodeError(), lambda: UnicodeDecodeError("c", "s", 0, 1, "r"), lambda: UnicodeEncodeError("c", b"s", 0, 1, "r")):
    try:
        f()
    except TypeError as x:
        print(x)  # expect: function takes exactly 5 arguments (0 given)
        # expect: a bytes-like object is required, not 'str'
        # expect: argument 2 must be str, not bytes
print(UnicodeDecodeError("ascii", bytearray(b"\xff"), 0, 1, "high").object)  # expect: b'\xff'
