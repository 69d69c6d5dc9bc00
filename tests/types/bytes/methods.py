# The methods that bytes share with str.
b = b"Hello World"
print(b.upper(), b.lower(), b.swapcase(), b.title(), b"abc".capitalize(), b.split(), b.split(b"o", 1), b.find(b"o"), b.find(111), b.rfind(b"o"), b.count(b"l"), b.replace(b"l", b"LL"), b.startswith((b"x", b"He")))  # expect: b'HELLO WORLD' b'hello world' b'hELLO wORLD' b'Hello World' b'Abc' [b'Hello', b'World'] [b'Hell', b' World'] 4 4 7 3 b'HeLLLLo WorLLd' True
print(b.center(15, b"."), b"5".zfill(3), b" a ".strip(), b"xax".strip(b"x"), b"-".join([b"a", bytearray(b"b")]), b.partition(b" "), b"a\nb\r\n".splitlines(), b"ab".hex(), b"abcd".hex("-", 2), b"abc".translate(None, b"b"), b"abc".translate(bytes(range(1, 256)) + b"\0"))  # expect: b'..Hello World..' b'005' b'a' b'a' b'a-b' (b'Hello', b' ', b'World') [b'a', b'b'] 6162 6162-6364 b'ac' b'bcd'
print(b"abc".isalpha(), b"12".isdigit(), b"A".isupper(), b" ".isspace(), b"a1".isalnum(), b"\xe9".isalpha(), b"Ab".istitle(), bytes.maketrans(b"a", b"b")[97])  # expect: True True True True True False True 98
for f in (lambda: b.index(b"z"), lambda: b.find("a"), lambda: b.join(["a"]), lambda: b.split(b""), lambda: b.find(300), lambda: b.startswith("H"), lambda: b"a".center(3, b".."), lambda: b"a".translate(b"x"), lambda: b"abc".hex("é")):
    try:
        f()
    except (ValueError, TypeError) as e:
        print(type(e).__name__, e)  # expect: ValueError subsection not found
        # expect: TypeError argument should be integer or bytes-like object, not 'str'
        # expect: TypeError sequence item 0: expected a bytes-like object, str found
        # expect: ValueError empty separator
        # expect: ValueError byte must be in range(0, 256)
        # expect: TypeError startswith first arg must be bytes or a tuple of bytes, not str
        # expect: TypeError center() argument 2 must be a byte string of length 1, not bytes
        # expect: ValueError translation table must be 256 characters long
        # expect: ValueError sep must be ASCII.
