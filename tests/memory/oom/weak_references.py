# Weak references and callbacks.
import _weakref
class C: pass
c = C()
r = _weakref.ref(c, lambda r: print('gone'))
print(r() is c)  # expect: True
del c  # expect: gone
print(r())  # expect: None
