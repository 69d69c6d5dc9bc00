# Ranges and slice objects.
print(list(range(10 ** 20, 10 ** 20 + 3)), 'abcdef'[slice(1, 5, 2)], range(9)[2:5])  # expect: [100000000000000000000, 100000000000000000001, 100000000000000000002] bd range(2, 5)
