# Dicts and sets of weak references, and a finaliser.
import weakref
class C:
    def __init__(self, n): self.n = n
kept = [C(n) for n in range(5)]
values, keys, members = weakref.WeakValueDictionary(), weakref.WeakKeyDictionary(), weakref.WeakSet(kept)
for each in kept:
    values[each.n] = each
    keys[each] = each.n
weakref.finalize(kept[0], print, "finalised")
each = None
del kept[:3]  # expect: finalised
print(sorted(values), sorted(keys.values()), len(members))  # expect: [3, 4] [3, 4] 2
method = weakref.WeakMethod(kept[0].__init__)
print(method() is not None, weakref.proxy(kept[1]).n, weakref.getweakrefcount(kept[1]))  # expect: True 4 3
