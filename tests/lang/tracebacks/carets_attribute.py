# Carets show the failing attribute of a chain.
class A:
    b = None

x = A()
print(x.b.c.d)
# expect stderr: Traceback (most recent call last):
# expect stderr:   File "carets_attribute.py", line 6, in <module>
# expect stderr:     print(x.b.c.d)
# expect stderr:           ^^^^^
# expect stderr: AttributeError: 'NoneType' object has no attribute 'c'
# expect exit: 1
