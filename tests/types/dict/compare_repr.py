# Equality ignores order; repr shows nesting and itself.
print({1: 2, 3: 4} == {3: 4, 1: 2}, {1: 2} == {1: 3}, {1: 2} != {}, {"a": {}} == {"a": {}})  # expect: True False True True
d = {"k": 1}
d["self"] = d
print(d, {"n": None, 1: [{}]}, dict(a=(1,)))  # expect: {'k': 1, 'self': {...}} {'n': None, 1: [{}]} {'a': (1,)}
print(repr({}.keys()), repr({1: 2}.values()), repr({1: 2}.items()))  # expect: dict_keys([]) dict_values([2]) dict_items([(1, 2)])
