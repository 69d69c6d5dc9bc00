# The collector clears weak references to garbage first; callbacks run only where the reference lives on.
# Shared objects keep attributes in dicts, which gc.collect() counts too.
# not under: share
# not under: free
import gc
from _weakref import ref, proxy, getweakrefcount
gc.disable()
log = []
class Node:
    def __del__(self):
        log.append(r() if r else None)
r = None
n = Node()
n.me = n
r = ref(n, lambda w: log.append("callback"))
del n
print(gc.collect(), log)
log.clear()
a, b = Node(), Node()
a.other, b.other = b, a
a.weak = ref(b, lambda w: log.append("not called"))
del a, b
print(gc.collect(), log)
class Holder:
    pass
h = Holder()
h.me = h
p = proxy(h)
w = ref(h)
print(getweakrefcount(h), w() is h, ref(h) is w, proxy(h) is p)
del h
print(gc.collect(), w())
try:
    p.x
except ReferenceError as e:
    print(e)
gc.enable()
# expect: 1 ['callback', None]
# expect: 4 [None, None]
# expect: 2 True True True
# expect: 1 None
# expect: weakly-referenced object no longer exists
