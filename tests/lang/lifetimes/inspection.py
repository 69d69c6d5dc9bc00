# gc shows direct references both ways, and what it watches.
import gc
class Plain:
    pass
class Slots:
    __slots__ = ()
print([gc.is_tracked(o) for o in (1, 1.5, 2j, "a", b"a", None, True, ..., (), {}, {"a": 1})])
print([gc.is_tracked(o) for o in ([], set(), {"a": []}, Plain(), Plain, print, lambda: 0)])
print(gc.is_tracked(Slots()), gc.is_tracked(bytearray()), gc.is_tracked([[]]))
print(sorted(map(str, gc.get_referents([1, "a", None]))))
print(sorted(gc.get_referents({1: 2})))
print(gc.get_referents(1, "text"), gc.get_referents())
target = []
holder = [target, target]
other = {"t": target}
found = gc.get_referrers(target)
print(any(o is holder for o in found), any(o is other for o in found))
print(sum(o is holder for o in found))
print(gc.get_referrers(object()))
o = Plain()
print(any(each is o for each in gc.get_objects()), type(gc.get_objects()).__name__)
print(gc.is_finalized(o), gc.is_finalized(3))
# expect: [False, False, False, False, False, False, False, False, False, False, False]
# expect: [True, True, True, True, True, True, True]
# expect: True False True
# expect: ['1', 'None', 'a']
# expect: [1, 2]
# expect: [] []
# expect: True True
# expect: 1
# expect: []
# expect: True list
# expect: False False
