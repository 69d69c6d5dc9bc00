# Iterators of dicts refuse changes of size, and tell how much is left.
d = {1: 1, 2: 2}
it = iter(d)
print(next(it), it.__length_hint__())  # expect: 1 1
d[3] = 3
try:
    next(it)
except RuntimeError as e:
    print(e)  # expect: dictionary changed size during iteration
it = iter(d.items())
d.pop(3)
d[4] = 4
try:
    list(it)
    print("same size is not noticed")  # expect: same size is not noticed
except RuntimeError as e:
    print(e)
