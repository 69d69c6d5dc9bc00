# A memoryview shows the bytes of another object without a copy.
b = bytearray(b"abcdef")
m = memoryview(b)
print(m[0], m[1:3].tobytes(), m[::-2].tolist(), len(m), m.nbytes, m.format, m.itemsize, m.shape, m.strides, m.ndim, m.readonly, m.contiguous, m.obj is b)  # expect: 97 b'bc' [102, 100, 98] 6 6 B 1 (6,) (1,) 1 False True True
m[2:4] = b"XY"
print(b, m == b"abXYef", m[1:2] == b"b", bytes(m[::2]), m.hex())  # expect: bytearray(b'abXYef') True True b'aXe' 616258596566
c = m.cast("H")
print(c.shape, c.itemsize, c[0] == int.from_bytes(b"ab", "little"))  # expect: (3,) 2 True
print(memoryview(b"ro").readonly, hash(memoryview(b"x")) == hash(b"x"), list(memoryview(b"ab")), memoryview(b"abc").toreadonly().readonly)  # expect: True True [97, 98] True
with memoryview(b"x") as w: pass
for f in (lambda: w[0], lambda: memoryview("s"), lambda: memoryview(b"a").__setitem__(0, 1), lambda: m.__setitem__(0, 300), lambda: m.__setitem__(slice(0, 2), b"abc"), lambda: m[99], lambda: m.cast("Q"), lambda: hash(m), lambda: m["a"], lambda: m.cast("xx")):
    try:
        f()
    except (ValueError, TypeError, IndexError, NotImplementedError) as e:
        print(type(e).__name__, e)  # expect: ValueError operation forbidden on released memoryview object
        # expect: TypeError memoryview: a bytes-like object is required, not 'str'
        # expect: TypeError cannot modify read-only memory
        # expect: ValueError memoryview: invalid value for format 'B'
        # expect: ValueError memoryview assignment: lvalue and rvalue have different structures
        # expect: IndexError index out of bounds on dimension 1
        # expect: TypeError memoryview: length is not a multiple of itemsize
        # expect: ValueError cannot hash writable memoryview object
        # expect: TypeError memoryview: invalid slice key
        # expect: ValueError memoryview: destination format must be a native single character format prefixed with an optional '@'
