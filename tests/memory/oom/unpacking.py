# Unpacking with stars.
a, *b, c = range(6)
print(a, b, c, [*b, *'xy'], {**{'k': 1}})  # expect: 0 [1, 2, 3, 4] 5 [1, 2, 3, 4, 'x', 'y'] {'k': 1}
