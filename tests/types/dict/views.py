# keys, values and items are live views with set operations.
d = {"a": 1, "b": 2}
k, v, i = d.keys(), d.values(), d.items()
d["c"] = 3
print(k, v, i, len(k), "a" in k, 3 in v, ("a", 1) in i, ("a", 2) in i)  # expect: dict_keys(['a', 'b', 'c']) dict_values([1, 2, 3]) dict_items([('a', 1), ('b', 2), ('c', 3)]) 3 True True True False
print(sorted(k & {"a", "z"}), sorted(k | {"z"}), sorted(k - {"a"}), sorted(k ^ {"a", "z"}), k == {"a", "b", "c"}, k >= {"a"}, k.isdisjoint("xyz"), sorted(i & {("a", 1)}), d.keys() < {"a", "b", "c", "d"})  # expect: ['a'] ['a', 'b', 'c', 'z'] ['b', 'c'] ['b', 'c', 'z'] True True True [('a', 1)] True
print(k.mapping, type(k.mapping).__name__, list(reversed(k)), v == d.values(), i == d.items())  # expect: {'a': 1, 'b': 2, 'c': 3} mappingproxy ['c', 'b', 'a'] False True
try:
    k & 5
except TypeError as e:
    print(e)  # expect: 'int' object is not iterable
