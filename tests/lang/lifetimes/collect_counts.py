# gc.collect() returns how many unreachable containers there were.
import gc
gc.collect()
gc.disable()
l = []
l.append(l)
del l
print("list", gc.collect())
d = {}
d["self"] = d
del d
print("dict", gc.collect())
l = []
t = (l,)
l.append(t)
del l, t
print("tuple and list", gc.collect())
namespace = {}
exec("def f(): pass", namespace)
gc.collect()
del namespace
print("function and globals", gc.collect())
class Local:
    pass
Local.only = Local()
del Local
print("class", gc.collect() > 0)
def generator():
    me = yield
    yield me
g = generator()
next(g)
g.send(g)
del g
print("generator", gc.collect())
s = set()
class Key:
    pass
k = Key()
k.owner = s
s.add(k)
del s, k
print("set", gc.collect() >= 2)
print("nothing", gc.collect(), gc.collect(0), gc.collect(1))
gc.enable()
print(gc.isenabled())
# expect: list 1
# expect: dict 1
# expect: tuple and list 2
# expect: function and globals 2
# expect: class True
# expect: generator 0
# expect: set True
# expect: nothing 0 0 0
# expect: True
