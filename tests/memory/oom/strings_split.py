# Text and bytes: split, partition, replace, translate, expand, pad, case.
t = "  one, two,three ,, four\t5\n" * 3
print(len(t.split()), len(t.split(",")), t.strip().partition(",")[0], t.splitlines()[1][:6], t.rsplit(None, 2)[-1])  # expect: 15 13 one   one, 5
print(t.replace("one", "1" * 9).count("1"), t.expandtabs(4)[:30].strip(), t.translate({44: None, 116: "TT"})[:12])  # expect: 27 one, two,three ,, four    5   one TTwoTT
b = t.encode()
print(len(b.split()), b.replace(b"one", b"1")[:5], b.translate(None, b" ,")[:8], b.center(90)[:3], bytearray(b).title()[:5])  # expect: 15 b'  1, ' b'onetwoth' b'   ' bytearray(b'  One')
print("ß".upper(), "ǆ".title(), "İ".lower() == "i̇", "a".join(["€"] * 40)[:3], "%-5s|%+d|%x|%r" % ("é", 5, 2 ** 70, b"x"), "zfill".zfill(8), str.maketrans("ab", "cd", "e"))
# expect: SS ǅ True €a€ é    |+5|400000000000000000|b'x' 000zfill {97: 99, 98: 100, 101: None}
