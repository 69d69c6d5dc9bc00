# A dict keeps the order of insertion; a new value keeps the place of its key.
d = {"b": 1, "a": 2, "c": 3}
d["a"] = 9
del d["b"]
d["b"] = 0
print(d, list(reversed(d)), list(reversed(d.items())))  # expect: {'a': 9, 'c': 3, 'b': 0} ['b', 'c', 'a'] [('b', 0), ('c', 3), ('a', 9)]
d = {}
for i in range(100): d[i] = i
for i in range(0, 100, 2): del d[i]
for i in range(100, 103): d[i] = i
print(list(d)[:3], list(d)[-4:], len(d))  # expect: [1, 3, 5] [99, 100, 101, 102] 53
print({1: "a", 1.0: "b", True: "c"})  # expect: {1: 'c'}
