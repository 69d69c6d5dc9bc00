# A bytearray that a memoryview shows cannot change its size.
b = bytearray(b"abc")
m = memoryview(b)
m[0] = 120
for f in (lambda: b.append(1), lambda: b.clear(), lambda: b.extend(b"x"), lambda: b.__delitem__(0), lambda: b.__iadd__(b"x")):
    try:
        f()
    except BufferError as e:
        print(e)  # expect: Existing exports of data: object cannot be re-sized
        # expect: Existing exports of data: object cannot be re-sized
        # expect: Existing exports of data: object cannot be re-sized
        # expect: Existing exports of data: object cannot be re-sized
        # expect: Existing exports of data: object cannot be re-sized
b[1] = 121
print(b, bytes(m))  # expect: bytearray(b'xyc') b'xyc'
m.release()
b.append(33)
print(b)  # expect: bytearray(b'xyc!')
