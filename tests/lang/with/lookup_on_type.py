# The methods of a context manager are looked up on its type.
class A: pass
o = A()
o.__enter__ = o.__exit__ = lambda *a: None
try:
    with o: pass
except TypeError as e:
    print(e)  # expect: 'A' object does not support the context manager protocol
