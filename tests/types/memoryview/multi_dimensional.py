# A memoryview can be cast to several dimensions.
m = memoryview(bytes(range(12))).cast("B", [3, 4])
print(m.tolist(), m.shape, m.strides, m[1, 2], m.ndim, len(m))  # expect: [[0, 1, 2, 3], [4, 5, 6, 7], [8, 9, 10, 11]] (3, 4) (4, 1) 6 2 3
for f in (lambda: m[0], lambda: m[5, 5], lambda: memoryview(b"abc").cast("B", [2, 2])):
    try:
        f()
    except (NotImplementedError, IndexError, TypeError) as e:
        print(type(e).__name__, e)  # expect: NotImplementedError multi-dimensional sub-views are not implemented
        # expect: IndexError index out of bounds on dimension 1
        # expect: TypeError memoryview: product(shape) * itemsize != buffer size
