# What can be referred to weakly, and equality of references.
import weakref
class C: pass
class S: __slots__ = ()
class W: __slots__ = ("__weakref__",)
for make in (C, set, frozenset, lambda: (lambda: 0), W, lambda: C, lambda: (x for x in ()), bytearray, S, int, str, list, dict, tuple, object, type(None)):
    o = make()
    try:
        print(type(o).__name__, weakref.ref(o)() is o)
    except TypeError as e:
        print(e)
# expect: C True
# expect: set True
# expect: frozenset True
# expect: function True
# expect: W True
# expect: type True
# expect: generator True
# expect: cannot create weak reference to 'bytearray' object
# expect: cannot create weak reference to 'S' object
# expect: cannot create weak reference to 'int' object
# expect: cannot create weak reference to 'str' object
# expect: cannot create weak reference to 'list' object
# expect: cannot create weak reference to 'dict' object
# expect: cannot create weak reference to 'tuple' object
# expect: cannot create weak reference to 'object' object
# expect: cannot create weak reference to 'NoneType' object
a, b = C(), C()
r, s = weakref.ref(a), weakref.ref(a)
print(r is s, r == weakref.ref(b), hash(r) == hash(a), weakref.ref(a, print) == r, weakref.ref(a, print) is r, weakref.getweakrefcount(a))  # expect: True False True True False 1
h = hash(r)
del a, o
print(r(), hash(r) == h, repr(r)[-6:])  # expect: None True  dead>
r = weakref.ref(C())
try:
    hash(r)
except TypeError as e:
    print(e)  # expect: weak object has gone away
