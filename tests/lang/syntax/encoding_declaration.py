# -*- coding: latin-1 -*-
# An encoding declaration of the source; this file is ASCII, its text is compiled.
print(eval(b"# coding: latin-1\n'\xe9'"))  # expect: é
print(eval(b"\xef\xbb\xbf'\xc3\xa9'"))  # expect: é
for source in (b"# coding: nonsense\n1", b"'\xe9'", b"\xef\xbb\xbf# coding: latin-1\n1", b"# coding: ascii\n'\xc3\xa9'"):
    try:
        eval(source)
    except SyntaxError as e:
        print(e.msg)  # expect: unknown encoding: nonsense
        # expect: (unicode error) 'utf-8' codec can't decode byte 0xe9 in position 0: unexpected end of data
        # expect: encoding problem: iso-8859-1 with BOM
        # expect: 'ascii' codec can't decode byte 0xc3 in position 17: ordinal not in range(128)
