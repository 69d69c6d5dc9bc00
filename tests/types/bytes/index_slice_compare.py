# Items are ints, slices bytes; comparison and concatenation.
b = b"abcde"
print(b[0], b[-1], b[1:3], b[::-1], list(b[:2]), 97 in b, b"bc" in b, b == bytearray(b"abcde"), b < b"abd", b + b"x", b * 2, b == "abcde", hash(b) == hash(bytes(b)))  # expect: 97 101 b'bc' b'edcba' [97, 98] True True True True b'abcdex' b'abcdeabcde' False True
for f in (lambda: b[9], lambda: b["a"], lambda: b + "x", lambda: 300 in b, lambda: "a" in b, lambda: b < "a", lambda: b * 1.5, lambda: b + 1):
    try:
        f()
    except (IndexError, TypeError, ValueError) as e:
        print(type(e).__name__, e)  # expect: IndexError index out of range
        # expect: TypeError byte indices must be integers or slices, not str
        # expect: TypeError can't concat str to bytes
        # expect: ValueError byte must be in range(0, 256)
        # expect: TypeError a bytes-like object is required, not 'str'
        # expect: TypeError '<' not supported between instances of 'bytes' and 'str'
        # expect: TypeError can't multiply sequence by non-int of type 'float'
        # expect: TypeError can't concat int to bytes
