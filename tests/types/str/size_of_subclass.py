# The size of an instance of a subclass of str counts the attributes that lie outside its cell.
# CPython counts them with __dict__, which is an object of its own there.
# only: ounce
# Shared objects keep attributes in dicts here too.
# not under: share
# not under: free
import sys

class Text(str):
    pass

text = Text("abc")
before = sys.getsizeof(text)
for i in range(40):
    setattr(text, "a%d" % i, i)
print(sys.getsizeof(text) >= before + 40 * 8)   # expect: True
print(before > sys.getsizeof("abc"))            # expect: True
