# strip, ljust, center, zfill, removeprefix, expandtabs.
print(repr("  a ".strip()), "xxaxx".strip("x"), "abcab".lstrip("ba"), "abcab".rstrip("ba"), repr("\u3000a\xa0".strip()))  # expect: 'a' a cab abc 'a'
print("a".ljust(3, "."), "a".rjust(3, "."), "a".center(4, "."), "ab".center(5, "."), "-5".zfill(4), "+5".zfill(4), "abc".zfill(2))  # expect: a.. ..a .a.. ..ab. -005 +005 abc
print("abc".removeprefix("a"), "abc".removesuffix("c"), "abc".removeprefix("x"), repr("a\tb\t".expandtabs()), repr("ab\tc".expandtabs(4)), repr("a\n\tb".expandtabs(2)))  # expect: bc ab abc 'a       b       ' 'ab  c' 'a\n  b'
for f in (lambda: "a".ljust(3, ".."), lambda: "a".strip(1), lambda: "a".center("x"), lambda: "a".removeprefix(1)):
    try:
        f()
    except TypeError as e:
        print(e)  # expect: The fill character must be exactly one character long
        # expect: strip arg must be None or str
        # expect: 'str' object cannot be interpreted as an integer
        # expect: removeprefix() argument must be str, not int
