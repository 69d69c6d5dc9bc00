# A mapping's keys are all asked for before the first value: __getitem__ may change their order.
from collections import OrderedDict


class Recent(OrderedDict):
    def __getitem__(self, key):
        value = super().__getitem__(key)
        self.move_to_end(key)
        return value


class Keys:
    def __init__(self, keys):
        self.named = keys

    def keys(self):
        return self.named

    def __getitem__(self, key):
        return print("get", key)


recent = Recent(a=1, b=2, c=3)
print(recent["a"], list(recent))    # expect: 1 ['b', 'c', 'a']
print(list(recent.items()), list(recent.values()))  # expect: [('b', 2), ('c', 3), ('a', 1)] [2, 3, 1]
print(recent)                       # expect: Recent([('b', 2), ('c', 3), ('a', 1)])
print(dict(recent), {**recent})     # expect: {'b': 2, 'c': 3, 'a': 1} {'b': 2, 'c': 3, 'a': 1}
print(dict(Keys(print(key) or key for key in "ab")))
# expect: a
# expect: b
# expect: get a
# expect: get b
# expect: {'a': None, 'b': None}
try:
    dict(Keys(5))
except TypeError as e:
    print(e)                        # expect: Keys.keys() returned a non-iterable (type int)
