# isalpha and its kind.
names = ("isalpha", "isdigit", "isdecimal", "isnumeric", "isalnum", "isspace", "isupper", "islower", "istitle", "isidentifier", "isprintable", "isascii")
for s in ("", "abc", "ABC", "Abc Def", "123", "²", "½", "٣", " \t", "a1", "é", "x y", "\n", "_a", "ǅ", "漢"):
    print(ascii(s), "".join("01"[getattr(s, n)()] for n in names))  # expect: '' 000000000011
    # expect: 'abc' 100010010111
    # expect: 'ABC' 100010100111
    # expect: 'Abc Def' 000000001011
    # expect: '123' 011110000011
    # expect: '\xb2' 010110000010
    # expect: '\xbd' 000110000010
    # expect: '\u0663' 011110000010
    # expect: ' \t' 000001000001
    # expect: 'a1' 000010010111
    # expect: '\xe9' 100010010110
    # expect: 'x y' 000000010011
    # expect: '\n' 000001000001
    # expect: '_a' 000000010111
    # expect: '\u01c5' 100010001110
    # expect: '\u6f22' 100010000110
