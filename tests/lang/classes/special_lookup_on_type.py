# The language looks for special methods on the type, not on the instance.
class C: pass
o = C()
o.__len__ = lambda: 3
try:
    len(o)
except TypeError as e:
    print(e)  # expect: object of type 'C' has no len()
C.__len__ = lambda self: 4
print(len(o))  # expect: 4
del C.__len__
try:
    len(o)
except TypeError as e:
    print(e)  # expect: object of type 'C' has no len()
