# == and != of strs: alike, alike in the beginning, of other widths, and beside what only looks so.
class Shout(str):
    def __eq__(self, other):
        return "eq"

    def __ne__(self, other):
        return ""

    __hash__ = str.__hash__


def equal(a, b):
    if a == b:
        yes = 1
    else:
        yes = 0
    if a != b:
        no = 1
    else:
        no = 0
    return yes, no


def is_quote(c):
    return (1 if c == '"' else 0), (1 if c != '"' else 0)


texts = ["", "a", "".join(["a"]), "ab", "a" + "b" * 3, "a" + "b" * 3 + "c", "\xe9", "\u0161a", "a\u0161"]
for a in texts:
    print([equal(a, b) for b in texts].count((1, 0)), end=" ")
print()                                         # expect: 1 2 2 1 1 1 1 1 1
print(equal("ab" * 20, "".join(["ab"] * 20)))   # expect: (1, 0)
print(equal("ab" * 20, "ab" * 19 + "ac"))       # expect: (0, 1)
print(equal(Shout("a"), "b"), equal("b", Shout("a")))   # expect: (1, 0) (1, 0)
print(equal("a", None), equal("1", 1), equal("a", b"a"))   # expect: (0, 1) (0, 1) (0, 1)
print(is_quote('"'), is_quote("'"), is_quote(""), is_quote('""'), is_quote(None))
# expect: (1, 0) (0, 1) (0, 1) (0, 1) (0, 1)
print(is_quote(Shout("x")))                     # expect: (1, 0)


def has(c, text):
    if c in text:
        return 1
    return 0


short, word, long = " \n\t\r", "sevenab", "eight or more"
for text in ("", "a", short, word, long, "\x00", "ab\xff", "\u0161"):
    print([has(c, text) for c in ("", "a", "\r", "b", "\x00", "\xff", "\u0161", "or", "\x01", "\x80")])
# expect: [1, 0, 0, 0, 0, 0, 0, 0, 0, 0]
# expect: [1, 1, 0, 0, 0, 0, 0, 0, 0, 0]
# expect: [1, 0, 1, 0, 0, 0, 0, 0, 0, 0]
# expect: [1, 1, 0, 1, 0, 0, 0, 0, 0, 0]
# expect: [1, 0, 0, 0, 0, 0, 0, 1, 0, 0]
# expect: [1, 0, 0, 0, 1, 0, 0, 0, 0, 0]
# expect: [1, 1, 0, 1, 0, 1, 0, 0, 0, 0]
# expect: [1, 0, 0, 0, 0, 0, 1, 0, 0, 0]
