# Text with escapes that are none is decoded with one warning, of the first; a '%' is one only by itself.
import codecs
import warnings


def say(function, *arguments):
    with warnings.catch_warnings(record=True) as seen:
        warnings.simplefilter("always")
        try:
            print(function(*arguments), *[warning.message for warning in seen])
        except (ValueError, TypeError) as error:
            print(type(error).__name__, error)


say(codecs.escape_decode, rb"a\z\y")            # expect: (b'a\\z\\y', 5) invalid escape sequence '\z'
say(codecs.escape_decode, rb"\501\z")           # expect: (b'A\\z', 6) invalid octal escape sequence '\501'
say(codecs.unicode_escape_decode, rb"\z\501")   # expect: ('\\zŁ', 6) invalid escape sequence '\z'
say(codecs.unicode_escape_decode, rb"\501")     # expect: ('Ł', 4) invalid octal escape sequence '\501'
say(codecs.unicode_escape_decode, rb"\n\101")   # expect: ('\nA', 6)
say(b"%d%%".__mod__, 1)                         # expect: b'1%'
say(b"% %".__mod__, 1)                          # expect: ValueError unsupported format character '%' (0x25) at index 2
say(b"%5%".__mod__, ())                         # expect: TypeError not enough arguments for format string
