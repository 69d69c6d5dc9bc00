# Ranges are sequences of ints, of any size.
r = range(2, 20, 3)
print(r, list(r), len(r), r[0], r[-1], r[1:3], r[::-1], 5 in r, 6 in r, r.index(8), r.count(8), r.start, r.stop, r.step, list(reversed(r)))  # expect: range(2, 20, 3) [2, 5, 8, 11, 14, 17] 6 2 17 range(5, 11, 3) range(17, -1, -3) True False 2 1 2 20 3 [17, 14, 11, 8, 5, 2]
print(range(0) == range(5, 5), range(0, 3, 2) == range(0, 4, 2), hash(range(0, 3, 2)) == hash(range(0, 4, 2)), bool(range(0)), range(10, 0, -3)[1], list(range(3, 0, -1)))  # expect: True True True False 7 [3, 2, 1]
big = range(10 ** 30, 10 ** 30 + 5, 2)
print(list(big), big[1], 10 ** 30 + 2 in big, len(big), range(10 ** 30)[-1], 1.0 in range(3), "a" in range(3), True in range(3))  # expect: [1000000000000000000000000000000, 1000000000000000000000000000002, 1000000000000000000000000000004] 1000000000000000000000000000002 True 3 999999999999999999999999999999 True False True
for f in (lambda: range(), lambda: range(1.5), lambda: range(1, 2, 0), lambda: r[99], lambda: r.index(3), lambda: len(range(10 ** 30)), lambda: r["a"], lambda: range("a"), lambda: range(1, 2, 3, 4)):
    try:
        f()
    except (TypeError, ValueError, IndexError, OverflowError) as e:
        print(type(e).__name__, e)  # expect: TypeError range expected at least 1 argument, got 0
        # expect: TypeError 'float' object cannot be interpreted as an integer
        # expect: ValueError range() arg 3 must not be zero
        # expect: IndexError range object index out of range
        # expect: ValueError 3 is not in range
        # expect: OverflowError Python int too large to convert to C ssize_t
        # expect: TypeError range indices must be integers or slices, not str
        # expect: TypeError 'str' object cannot be interpreted as an integer
        # expect: TypeError range expected at most 3 arguments, got 4
try:
    r.start = 1
except AttributeError as e:
    print(e)  # expect: readonly attribute
