# Subclasses of builtin types.
class L(list):
    pass
class D(dict):
    def __missing__(self, k): return k
class S(str): pass
l = L([1])
l.x = 2
print(l, l.x, D()['m'], S('s') + 't')  # expect: [1] 2 m st
