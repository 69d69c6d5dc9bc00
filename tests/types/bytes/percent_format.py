# The % operator on bytes.
print(b"%s %d %x %c %r %a %b %5.1f|%-4d|%%" % (b"s", 1, 255, b"c", "r", "é", b"b", 2.5, 7), b"%(k)s" % {b"k": b"v"}, b"%c" % 65)  # expect: b"s 1 ff c 'r' '\\xe9' b   2.5|7   |%" b'v' b'A'
for fmt, arg in [(b"%s", "s"), (b"%d", b"1"), (b"%c", 256), (b"%s %s", b"a"), (b"%b", 5), (b"%q", 1), (b"%c", b"ab")]:
    try:
        fmt % arg
    except (TypeError, ValueError, OverflowError) as e:
        print(type(e).__name__, e)  # expect: TypeError %b requires a bytes-like object, or an object that implements __bytes__, not 'str'
        # expect: TypeError %d format: a real number is required, not bytes
        # expect: OverflowError %c arg not in range(256)
        # expect: TypeError not enough arguments for format string
        # expect: TypeError %b requires a bytes-like object, or an object that implements __bytes__, not 'int'
        # expect: ValueError unsupported format character 'q' (0x71) at index 1
        # expect: TypeError %c requires an integer in range(256) or a single byte
