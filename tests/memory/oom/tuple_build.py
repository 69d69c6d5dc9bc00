# Tuples built.
t = tuple(range(10)) + (1, 2)
print(t, t[2:4])  # expect: (0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 1, 2) (2, 3)
