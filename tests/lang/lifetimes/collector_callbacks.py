# gc.callbacks hear of each collection; gc.DEBUG_SAVEALL keeps what is found.
import gc
gc.disable()
gc.collect()
def tell(phase, info):
    print(phase, info["generation"], info["collected"], info["uncollectable"], sorted(info))
gc.callbacks.append(tell)
gc.collect(0)
l = [1]
l.append(l)
del l
gc.collect()
gc.callbacks.append(lambda phase, info: gc.callbacks.clear() or print("nested", gc.collect()))
gc.collect(1)
gc.collect()
gc.set_debug(gc.DEBUG_SAVEALL)
print(gc.get_debug(), gc.DEBUG_LEAK, gc.DEBUG_STATS | gc.DEBUG_COLLECTABLE | gc.DEBUG_UNCOLLECTABLE)
l = ["kept"]
l.append(l)
del l
print(gc.collect(), len(gc.garbage), gc.garbage[0][0])
gc.set_debug(0)
gc.garbage.clear()
print(gc.collect(), gc.garbage)
gc.enable()
# expect: start 0 0 0 ['collected', 'generation', 'uncollectable']
# expect: stop 0 0 0 ['collected', 'generation', 'uncollectable']
# expect: start 2 0 0 ['collected', 'generation', 'uncollectable']
# expect: stop 2 1 0 ['collected', 'generation', 'uncollectable']
# expect: start 1 0 0 ['collected', 'generation', 'uncollectable']
# expect: nested 0
# expect: 32 38 7
# expect: 1 1 kept
# expect: 1 []
