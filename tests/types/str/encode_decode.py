# Encodings and error handlers.
s = "aé€\U0001f600"
for codec in ("utf-8", "utf-16-le", "utf-32-be", "utf-16", "utf-8-sig", "utf-7", "unicode_escape", "raw_unicode_escape", "punycode"):
    data = s.encode(codec)
    print(codec, data, data.decode(codec) == s)  # expect: utf-8 b'a\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80' True
    # expect: utf-16-le b'a\x00\xe9\x00\xac =\xd8\x00\xde' True
    # expect: utf-32-be b'\x00\x00\x00a\x00\x00\x00\xe9\x00\x00 \xac\x00\x01\xf6\x00' True
    # expect: utf-16 b'\xff\xfea\x00\xe9\x00\xac =\xd8\x00\xde' True
    # expect: utf-8-sig b'\xef\xbb\xbfa\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80' True
    # expect: utf-7 b'a+AOkgrNg93gA-' True
    # expect: unicode_escape b'a\\xe9\\u20ac\\U0001f600' True
    # expect: raw_unicode_escape b'a\xe9\\u20ac\\U0001f600' True
    # expect: punycode b'a-bga705vhl60b' True
for handler in ("ignore", "replace", "backslashreplace", "xmlcharrefreplace", "namereplace"):
    print(handler, s.encode("ascii", handler))  # expect: ignore b'a'
    # expect: replace b'a???'
    # expect: backslashreplace b'a\\xe9\\u20ac\\U0001f600'
    # expect: xmlcharrefreplace b'a&#233;&#8364;&#128512;'
    # expect: namereplace b'a\\N{LATIN SMALL LETTER E WITH ACUTE}\\N{EURO SIGN}\\N{GRINNING FACE}'
for handler in ("ignore", "replace", "backslashreplace", "surrogateescape"):
    print(handler, ascii(b"a\xff\xe9z".decode("utf-8", handler)))  # expect: ignore 'az'
    # expect: replace 'a\ufffd\ufffdz'
    # expect: backslashreplace 'a\\xff\\xe9z'
    # expect: surrogateescape 'a\udcff\udce9z'
print("\udcff".encode("utf-8", "surrogateescape"), "\ud800".encode("utf-8", "surrogatepass"), "é".encode("latin-1"), "€".encode("cp1252"))  # expect: b'\xff' b'\xed\xa0\x80' b'\xe9' b'\x80'
for f in (lambda: s.encode("latin-1"), lambda: "\ud800".encode(), lambda: b"\xff".decode(), lambda: b"a\x80".decode("ascii"), lambda: s.encode("nonsense"), lambda: s.encode("ascii", "nonsense"), lambda: b"\xd8".decode("utf-16"), lambda: b"\xe2\x82".decode(), lambda: b"\xed\xa0\x80".decode(), lambda: b"\x81".decode("cp1252")):
    try:
        f()
    except (UnicodeError, LookupError) as e:
        print(type(e).__name__, e)  # expect: UnicodeEncodeError 'latin-1' codec can't encode characters in position 2-3: ordinal not in range(256)
        # expect: UnicodeEncodeError 'utf-8' codec can't encode character '\ud800' in position 0: surrogates not allowed
        # expect: UnicodeDecodeError 'utf-8' codec can't decode byte 0xff in position 0: invalid start byte
        # expect: UnicodeDecodeError 'ascii' codec can't decode byte 0x80 in position 1: ordinal not in range(128)
        # expect: LookupError unknown encoding: nonsense
        # expect: LookupError unknown error handler name 'nonsense'
        # expect: UnicodeDecodeError 'utf-16-le' codec can't decode byte 0xd8 in position 0: truncated data
        # expect: UnicodeDecodeError 'utf-8' codec can't decode bytes in position 0-1: unexpected end of data
        # expect: UnicodeDecodeError 'utf-8' codec can't decode byte 0xed in position 0: invalid continuation byte
        # expect: UnicodeDecodeError 'charmap' codec can't decode byte 0x81 in position 0: character maps to <undefined>
