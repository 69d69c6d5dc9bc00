# Views of a dict.
d = {1: 'a', 2: 'b'}
print(list(d), list(d.values()), sorted(d.keys() | {3}))  # expect: [1, 2] ['a', 'b'] [1, 2, 3]
