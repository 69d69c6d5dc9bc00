# Ways for plain bytes and small numbers give what the long ways give.
class Sub(bytes):
    pass


class Index:
    def __init__(self, n): self.n = n
    def __index__(self): return self.n


parts = [b"", b"a", b"bc" * 3, b"x" * 40, b"\0\xff"]
wrong = 0
for sep in (b"", b",", b"--", Sub(b"+"), b"s" * 20):
    for items in ([], parts[1:2], parts, parts * 9):
        joined = b""
        for i, item in enumerate(items):
            joined += (bytes(sep) if i else b"") + item
        wrong += sep.join(items) != joined or sep.join(tuple(items)) != joined
        wrong += sep.join(iter(items)) != joined or sep.join([bytearray(x) for x in items]) != joined
        wrong += sep.join([Sub(x) for x in items]) != joined or bytearray(sep).join(items) != joined
        wrong += sep.join([memoryview(x) for x in items]) != joined
        if sep and items:
            wrong += joined.split(sep) != items or bytearray(joined).split(sep) != items
            wrong += joined.split(sep, 1) != ([items[0], joined[len(items[0]) + len(sep):]] if len(items) > 1 else items)
print(wrong)  # expect: 0
for bad in ([b"a", "b"], (b"a", 5), [b"a", None, b"c"]):
    try:
        b",".join(bad)
    except TypeError as e:
        print(e)
# expect: sequence item 1: expected a bytes-like object, str found
# expect: sequence item 1: expected a bytes-like object, int found
# expect: sequence item 1: expected a bytes-like object, NoneType found

data, buffer = b"\x00\x7f\x80\xff", bytearray(b"\x00\x7f\x80\xff")
print(data[0], data[-1], data[Index(1)], buffer[-4], buffer[True], Sub(data)[3])  # expect: 0 255 127 0 127 255
for v in (data, buffer):
    for i in (4, -5, 2 ** 70, "x", 1.0):
        try:
            v[i]
        except (IndexError, TypeError) as e:
            print(type(e).__name__, e)
# expect: IndexError index out of range
# expect: IndexError index out of range
# expect: IndexError cannot fit 'int' into an index-sized integer
# expect: TypeError byte indices must be integers or slices, not str
# expect: TypeError byte indices must be integers or slices, not float
# expect: IndexError bytearray index out of range
# expect: IndexError bytearray index out of range
# expect: IndexError cannot fit 'int' into an index-sized integer
# expect: TypeError bytearray indices must be integers or slices, not str
# expect: TypeError bytearray indices must be integers or slices, not float
buffer[0], buffer[-1], buffer[Index(1)], buffer[2] = 255, 0, Index(7), True
print(buffer)  # expect: bytearray(b'\xff\x07\x01\x00')
for i, n in ((4, 0), (-5, 0), (0, 256), (0, -1), (0, "a")):
    try:
        buffer[i] = n
    except (IndexError, ValueError, TypeError) as e:
        print(type(e).__name__, e)
# expect: IndexError bytearray index out of range
# expect: IndexError bytearray index out of range
# expect: ValueError byte must be in range(0, 256)
# expect: ValueError byte must be in range(0, 256)
# expect: TypeError 'str' object cannot be interpreted as an integer


class Grows:
    def __index__(self):
        items.extend([9, 10])
        return 8


items = [1, 2, Grows(), 3]
print(bytes(items), bytes([]), bytes([255] * 3))  # expect: b'\x01\x02\x08\x03\t\n' b'' b'\xff\xff\xff'
for bad in ([1, 256], [1, -1], [1, "a"]):
    try:
        bytes(bad)
    except (ValueError, TypeError) as e:
        print(e)
# expect: bytes must be in range(0, 256)
# expect: bytes must be in range(0, 256)
# expect: 'str' object cannot be interpreted as an integer

wrong = 0
for c in (0, 0x7f, 0x80, 0x7ff, 0x800, 0xfff, 0x1000, 0xcfff, 0xd000, 0xd7ff, 0xe000, 0xffff, 0x10000, 0x3ffff, 0x10ffff):
    for text in (chr(c), "ab" + chr(c), chr(c) * 30 + "z", "\xe9" + chr(c), chr(c) + "\u20ac\U0001f600"):
        wrong += text.encode().decode() != text or len(text.encode().decode("utf-8")) != len(text)
        raw = text.encode()
        for cut in range(len(raw)):
            left = raw[:cut].decode("utf-8", "ignore")
            wrong += not text.startswith(left)
print(wrong)  # expect: 0
for bad in (b"\xc0\x80", b"\xe0\x9f\xbf", b"\xed\xa0\x80", b"\xf0\x8f\xbf\xbf", b"\xf4\x90\x80\x80", b"a\xff", b"\xe2\x82", b"\x80", b"\xe2\x28\xa1"):
    try:
        bad.decode()
    except UnicodeDecodeError as e:
        print(e.start, e.end, e.reason, ascii(bad.decode("utf-8", "replace")))
# expect: 0 1 invalid start byte '\ufffd\ufffd'
# expect: 0 1 invalid continuation byte '\ufffd\ufffd\ufffd'
# expect: 0 1 invalid continuation byte '\ufffd\ufffd\ufffd'
# expect: 0 1 invalid continuation byte '\ufffd\ufffd\ufffd\ufffd'
# expect: 0 1 invalid continuation byte '\ufffd\ufffd\ufffd\ufffd'
# expect: 1 2 invalid start byte 'a\ufffd'
# expect: 0 2 unexpected end of data '\ufffd'
# expect: 0 1 invalid start byte '\ufffd'
# expect: 0 1 invalid continuation byte '\ufffd(\ufffd'
print((5).to_bytes(2, "little"), (5).to_bytes(2), (-5).to_bytes(2, "big", signed=True), (5).to_bytes())
# expect: b'\x05\x00' b'\x00\x05' b'\xff\xfb' b'\x05'
print(int.from_bytes(b"\xff\xfb", "big", signed=True), int.from_bytes([1, 2], "little"))  # expect: -5 513
for args in ((2, "middle"), (2, 5), (2, "lit\u0442le"), (2, "big", True), ()):
    try:
        (7 << 9).to_bytes(*args)
    except (ValueError, TypeError, OverflowError) as e:
        print(e)
# expect: byteorder must be either 'little' or 'big'
# expect: to_bytes() argument 'byteorder' must be str, not int
# expect: byteorder must be either 'little' or 'big'
# expect: to_bytes() takes at most 2 positional arguments (3 given)
# expect: int too big to convert
