# repr quotes, escapes and keeps what can be printed.
for s in ("a", "it's", 'say "x"', """both ' and " """, "\n\t\r\\\0\x1f\x7f", "é€\U0001f600", "\x80\xad\u2028\ud800\ue000", "\u0300", "\U0010ffff"):
    print(repr(s).encode("ascii", "backslashreplace").decode(), ascii(s))  # expect: 'a' 'a'
    # expect: "it's" "it's"
    # expect: 'say "x"' 'say "x"'
    # expect: 'both \' and " ' 'both \' and " '
    # expect: '\n\t\r\\\x00\x1f\x7f' '\n\t\r\\\x00\x1f\x7f'
    # expect: '\xe9\u20ac\U0001f600' '\xe9\u20ac\U0001f600'
    # expect: '\x80\xad\u2028\ud800\ue000' '\x80\xad\u2028\ud800\ue000'
    # expect: '\u0300' '\u0300'
    # expect: '\U0010ffff' '\U0010ffff'
