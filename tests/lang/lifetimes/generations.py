# New objects grow old step by step, and counts tell of the passes.
# What is shared from the start is no member of young passes.
# not under: free
import gc
gc.disable()
gc.collect()
def where(o):
    return [any(o is each for each in gc.get_objects(generation=i)) for i in range(3)]
l = []
l.append(l)
print(where(l))
gc.collect(0)
print(where(l), gc.get_count()[1:])
gc.collect(1)
print(where(l), gc.get_count()[1:])
gc.collect(2)
print(where(l), gc.get_count()[1:])
l.clear()
before = gc.get_stats()
gc.collect(0)
gc.collect()
after = gc.get_stats()
print([b["collections"] - a["collections"] for a, b in zip(before, after)])
print(sorted(after[0]))
gc.freeze()
print(gc.get_freeze_count() > 0)
gc.unfreeze()
print(gc.get_freeze_count())
print(gc.get_threshold())
gc.set_threshold(500)
print(gc.get_threshold())
gc.set_threshold(700, 20, 30)
print(gc.get_threshold())
gc.enable()
# expect: [True, False, False]
# expect: [False, True, False] (1, 0)
# expect: [False, False, True] (0, 1)
# expect: [False, False, True] (0, 0)
# expect: [1, 0, 1]
# expect: ['collected', 'collections', 'uncollectable']
# expect: True
# expect: 0
# expect: (700, 10, 10)
# expect: (500, 10, 10)
# expect: (700, 20, 30)
