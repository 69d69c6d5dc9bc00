# A cycle is finalised by the collector.
import gc
gc.disable()
class N:
    def __init__(self, name): self.name = name
    def __del__(self): print("gone", self.name)
a, b = N("a"), N("b")
a.other, b.other = b, a
del a, b
print("still there")  # expect: still there
print(gc.collect() >= 2)  # expect: gone a
# expect: gone b
# expect: True
print("end")  # expect: end
