# __getstate__() gives the object's __dict__ itself, and None where there are no attributes.
class Plain:
    pass


class Both:
    __slots__ = ("p", "__dict__")


class Super:
    def __getstate__(self):
        state = super().__getstate__()
        state["saved"] = True
        return state


plain = Plain()
print(plain.__getstate__())     # expect: None
plain.x = 1
state = plain.__getstate__()
print(state is plain.__dict__)  # expect: True
state["y"] = 2
del state["x"]
print(plain.y, hasattr(plain, "x"), vars(plain))    # expect: 2 False {'y': 2}
plain.z = 3
print(state)    # expect: {'y': 2, 'z': 3}

both = Both()
print(both.__getstate__())      # expect: None
both.q = 2
both.p = 1
state = both.__getstate__()
print(state, state[0] is both.__dict__)     # expect: ({'q': 2}, {'p': 1}) True
del both.q
print(both.__getstate__())      # expect: (None, {'p': 1})

one = Super()
one.a = 1
print(one.__reduce_ex__(2)[2], one.saved)   # expect: {'a': 1, 'saved': True} True

# A reduction of an object whose __dict__ is held shows the same dict.
held = plain.__dict__
print(plain.__reduce_ex__(4)[2] is held)    # expect: True
for base in (list, dict, set, bytearray):
    one = type("Sub", (base,), {})()
    one.u = 1
    held = one.__getstate__()
    print(held is one.__dict__, one.__reduce_ex__(2)[2] is held)
    # expect: True True
    # expect: True True
    # expect: True True
    # expect: True True
