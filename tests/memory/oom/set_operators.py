# Set operators.
print(sorted({1, 2, 3} & {2, 3, 4} | {9}), frozenset([1]) - {1})  # expect: [2, 3, 9] frozenset()
