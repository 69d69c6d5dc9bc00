# A bytearray changes in place.
b = bytearray(b"hello")
b[0] = 72
b[1:3] = b"EEE"
b.append(33)
b.extend([65, 66])
b.insert(0, 62)
print(b, b.pop(), b.pop(0), len(b))  # expect: bytearray(b'HEEElo!A') 66 62 8
b.reverse()
b.remove(33)
b += b"+"
b *= 2
print(b)  # expect: bytearray(b'AolEEEH+AolEEEH+')
del b[::2]
print(b, b.copy() is b, b == bytes(b))  # expect: bytearray(b'oEE+oEE+') False True
b.clear()
print(b, bytearray(2), bytearray("é", "latin-1"), repr(bytearray(b"'")))  # expect: bytearray(b'') bytearray(b'\x00\x00') bytearray(b'\xe9') bytearray(b"\'")
for f in (lambda: b.pop(), lambda: b.append(256), lambda: b.append("a"), lambda: b.remove(1), lambda: b.__setitem__(0, 1), lambda: b.extend("a"), lambda: b.insert("x", 1), lambda: hash(b), lambda: bytearray(-1)):
    try:
        f()
    except (IndexError, ValueError, TypeError) as e:
        print(type(e).__name__, e)  # expect: IndexError pop from empty bytearray
        # expect: ValueError byte must be in range(0, 256)
        # expect: TypeError 'str' object cannot be interpreted as an integer
        # expect: ValueError value not found in bytearray
        # expect: IndexError bytearray index out of range
        # expect: TypeError 'str' object cannot be interpreted as an integer
        # expect: TypeError 'str' object cannot be interpreted as an integer
        # expect: TypeError unhashable type: 'bytearray'
        # expect: ValueError negative count
