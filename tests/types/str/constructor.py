# str() of objects, and of bytes with an encoding.
print(str(), str(1.5), str(b"a"), str(b"\xc3\xa9", "utf-8"), str(b"\xff", errors="replace"), str(object=5))  # expect:  1.5 b'a' é � 5
for args in [(5, "utf-8"), ("s", "utf-8"), (b"a", 5), (b"a", "utf-8", 5)]:
    try:
        str(*args)
    except TypeError as e:
        print(e)  # expect: decoding to str: need a bytes-like object, int found
        # expect: decoding str is not supported
        # expect: str() argument 'encoding' must be str, not int
        # expect: str() argument 'errors' must be str, not int
class S(str):
    def __str__(self): return "custom"
print(str(S("x")), S("x") == "x", f"{S('x')}", "%s" % S("x"), "".join([S("x")]))  # expect: custom True custom custom x
