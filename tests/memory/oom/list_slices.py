# Slices of a list.
l = list(range(20))
l[3:7] = 'abc'
print(l[::2])  # expect: [0, 2, 'b', 7, 9, 11, 13, 15, 17, 19]
