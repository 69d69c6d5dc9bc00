# Interned strings are one object.
import sys
a = "".join(["in", "tern"])
b = "".join(["in", "tern"])
print(a is b, sys.intern(a) is sys.intern(b), sys.intern(a) is a)  # expect: False True False
class S(str): pass
for x in (S("a"), 5):
    try:
        sys.intern(x)
    except TypeError as e:
        print(e)  # expect: can't intern S
        # expect: intern() argument must be str, not int
