# Printing numbers and text.
print('a', 1, 2.5, None, [1])  # expect: a 1 2.5 None [1]
