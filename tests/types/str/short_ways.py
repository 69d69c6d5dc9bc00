# Ways for plain ASCII, for one character and for str iterables give what the long ways give.
class Sub(str):
    pass


class Backwards:
    def __init__(self, text): self.text = text
    def __iter__(self): return iter([self.text[i] for i in range(len(self.text) - 1, -1, -1)])


texts = ["", "a", "ab", "Hello, World!", "@[`{AZaz\x7f\x00", "caf\xe9 \xffX", "Привет", "\ud800x\udfff",
         "x\U0001f600y", "\U0001f600", "0123456789abcdefgh" * 3, "A" * 300]
wrong = 0
for s in texts:
    for sep in ("", ", ", "\xe9", "\u20ac", "\U0001f600"):
        wrong += sep.join(reversed(s)) != sep.join(Backwards(s)) != sep.join(list(s)[::-1])
        wrong += sep.join(s) != sep.join(list(s)) or sep.join(Sub(s)) != sep.join(list(s))
        wrong += sep.join(reversed(Sub(s))) != sep.join(list(s)[::-1])
    wrong += "".join(reversed(s)) != s[::-1]
    wrong += s.upper() != "".join(c.upper() for c in s)
    wrong += s.swapcase().swapcase() != s
    if "\u03a3" not in s:
        wrong += s.lower() != "".join(c.lower() for c in s)
    for t in texts:
        joined = s + t
        wrong += len(joined) != len(s) + len(t) or joined[:len(s)] != s or joined[len(s):] != t
        grown = s
        for c in t:
            grown += c
        wrong += grown != joined or hash(grown) != hash(joined)
    for sep in (None, ",", " ", "\u0440"):
        wide = (sep or " ").join([s + str(i) for i in range(30)])
        parts = [p for i in range(30) for p in ((s + str(i)).split(sep))]
        wrong += wide.split(sep) != parts or wide.rsplit(sep) != parts
        for most in (0, 1, 5, 11, 12, 13):
            left, right = wide.split(sep, most), wide.rsplit(sep, most)
            wrong += len(left) > most + 1 or len(right) > most + 1
            if sep:
                wrong += sep.join(left) != wide or sep.join(right) != wide
    for old, new in (("l", "L"), ("l", "\xe9"), ("\xe9", "e"), ("l", ""), ("0", "00"), ("и", "i")):
        wrong += s.replace(old, new) != new.join(s.split(old))
        wrong += s.replace(old, new, 2) != new.join(s.split(old, 2))
print(wrong)  # expect: 0

r = reversed("abc")
print(next(r), "-".join(r), list(r), "".join(r) == "")  # expect: c b-a [] True
r = reversed("x\U0001f600y\xe9")
next(r), next(r)
print(ascii("".join(r)), list(r))  # expect: '\U0001f600x' []
print("".join(reversed(("a", "b"))), "".join(reversed(["a", "b"])))  # expect: ba ba
print(" \t\x1f a b \x1c\n".strip(), "|", " \xa0a\u3000".strip(), "|", "  ".strip() == "")
# expect: a b | a | True
print(" a ".lstrip() + "|", " a ".rstrip() + "|", Sub(" a ").strip() + "|", type(Sub(" a").strip()))
# expect: a |  a| a| <class 'str'>
print("a\nb\r\nc\rd\x0be\u2028f".splitlines(), "".splitlines(), "\n\n".splitlines(True))
# expect: ['a', 'b', 'c', 'd', 'e', 'f'] [] ['\n', '\n']
print("abcabc".find("c", None, None), "abc".startswith("", 3), "abc".startswith("", 4))
# expect: 2 True False
print(len("\n".join(["x"] * 50).splitlines()), "a b".split(maxsplit=0))  # expect: 50 ['a b']
print("".join(iter("")), ", ".join("x"), type("".join(Sub("ab"))))  # expect:  x <class 'str'>
try:
    ", ".join(5)
except TypeError as e:
    print(e)  # expect: can only join an iterable
