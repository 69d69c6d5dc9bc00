# A weak reference dies with its object; its callback runs at once.
import weakref
class N: pass
n = N()
r = weakref.ref(n, lambda r: print("callback", r() is None))
p = weakref.proxy(n)
n.x = 5
print(r() is n, p.x, weakref.getweakrefcount(n))  # expect: True 5 2
del n  # expect: callback True
print(r())  # expect: None
try:
    p.x
except ReferenceError as e:
    print(e)  # expect: weakly-referenced object no longer exists
d = weakref.WeakValueDictionary()
v = N()
d["k"] = v
print(list(d))  # expect: ['k']
del v
print(list(d))  # expect: []
