# Lists added and multiplied.
print(len([1, 2] * 50 + [3]))  # expect: 101
