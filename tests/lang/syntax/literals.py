# Literals of every kind.
print(1_000, 0x_ff, 0b1010, 0o17, 1e3, 1_0.0_1, .5, 5., 1e-2, 3j, 1.5J, 00)  # expect: 1000 255 10 15 1000.0 10.01 0.5 5.0 0.01 3j 1.5j 0
print('a' "b" '''c
d''', r"\n", b"\x00\xff", rb"\x", "\x41\u00e9\U0001f600\N{EURO SIGN}\101\60", u"u", "\
continued")  # expect: abc
# expect: d \n b'\x00\xff' b'\\x' Aé😀€A0 u continued
print("\a\b\f\v\t\r\\\'\"".encode(), "\q" == "\\q")  # expect: b'\x07\x08\x0c\x0b\t\r\\\'"' True
print(..., None, True, False, __debug__)  # expect: Ellipsis None True False True
print((), (1,), [], {}, {1}, {1: 2}, 1,)  # expect: () (1,) [] {} {1} {1: 2} 1
