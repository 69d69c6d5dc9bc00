# Dicts merged.
d = {'a': 1}
d.update(b=2)
print({**d, 'c': 3} | {'d': 4})  # expect: {'a': 1, 'b': 2, 'c': 3, 'd': 4}
