# Indexing and slicing by characters of any width.
for s in ("abcdef", "aéb\u0142cd", "a\U0001f600bcde"):
    print(ascii(s[0]), ascii(s[1]), ascii(s[-1]), ascii(s[1:3]), ascii(s[::-1]), ascii(s[::2]), ascii(s[10:]), len(s), ascii(s[-3:-1]))  # expect: 'a' 'b' 'f' 'bc' 'fedcba' 'ace' '' 6 'de'
    # expect: 'a' '\xe9' 'd' '\xe9b' 'dc\u0142b\xe9a' 'abc' '' 6 '\u0142c'
    # expect: 'a' '\U0001f600' 'e' '\U0001f600b' 'edcb\U0001f600a' 'abd' '' 6 'cd'
for f in (lambda: "abc"[3], lambda: "abc"[-4], lambda: ""[0], lambda: s["a"], lambda: s[1.0], lambda: "abc"[::0], lambda: "abc"[10 ** 30]):
    try:
        f()
    except (IndexError, TypeError, ValueError) as e:
        print(type(e).__name__, e)  # expect: IndexError string index out of range
        # expect: IndexError string index out of range
        # expect: IndexError string index out of range
        # expect: TypeError string indices must be integers, not 'str'
        # expect: TypeError string indices must be integers, not 'float'
        # expect: ValueError slice step cannot be zero
        # expect: IndexError cannot fit 'int' into an index-sized integer
s = "abc"
try:
    s[0] = "x"
except TypeError as e:
    print(e)  # expect: 'str' object does not support item assignment
try:
    del s[0]
except TypeError as e:
    print(e)  # expect: 'str' object doesn't support item deletion
print(s[:10 ** 30], s[-10 ** 30:1])  # expect: abc a
