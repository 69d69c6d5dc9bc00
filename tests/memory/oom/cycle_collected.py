# Cycles and the collector.
import gc
class C: pass
for i in range(20):
    a, b = C(), C()
    a.b, b.a = b, a
del a, b
print(gc.collect() >= 2)  # expect: True
