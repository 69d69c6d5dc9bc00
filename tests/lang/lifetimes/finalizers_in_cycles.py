# Finalisers of a cycle run before anything in it is taken apart, once, and may resurrect.
# Shared objects keep attributes in dicts, which gc.collect() counts too.
# not under: share
# not under: free
import gc
gc.disable()
class Node:
    def __init__(self, name):
        self.name = name
    def __del__(self):
        log.append((self.name, self.other.name))
class Phoenix:
    def __init__(self):
        self.me = self
        self.data = ["whole"]
    def __del__(self):
        saved.append(self)
log, saved = [], []
a, b = Node("a"), Node("b")
a.other, b.other = b, a
del a, b
print(gc.collect(), sorted(log))
p = Phoenix()
del p
print(gc.collect(), saved[0].data, saved[0].me is saved[0], gc.is_finalized(saved[0]))
saved.clear()
print(gc.collect(), saved)
class Chain:
    def __init__(self, next):
        self.next = next
    def __del__(self):
        saved.append(self)
c = Chain(None)
c.next = Chain(c)
del c
print(gc.collect(), len(saved), saved[0].next.next is saved[0])
saved.clear()
print(gc.collect(), len(saved))
class Broken:
    def __del__(self):
        log.append("broken")
        self.me = None
x = Broken()
x.me = x
del x
print(gc.collect(), log[-1])
gc.enable()
# expect: 2 [('a', 'b'), ('b', 'a')]
# expect: 0 ['whole'] True True
# expect: 2 []
# expect: 0 2 True
# expect: 2 0
# expect: 0 broken
