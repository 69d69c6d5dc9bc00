# + * == < in, and their in-place forms.
a = [1, 2]
b = a
a += (3,)
a *= 2
print(b is a, a, [1] + [2], [0] * 3, 2 * [1], [] * 5, [1, 2] < [1, 3], [1] < [1, 0], [1, 2] == [1, 2.0], [1] != [2], 2 in a, [float("nan")] == [float("nan")])  # expect: True [1, 2, 3, 1, 2, 3] [1, 2] [0, 0, 0] [1, 1] [] True True True True True False
n = float("nan")
print([n] == [n], n in [n], [] == (), bool([]), [[]] * 2)  # expect: True True False False [[], []]
for f in (lambda: [1] + (2,), lambda: [1] * 1.5, lambda: [1] < 1, lambda: [1] < ["a"], lambda: [1] + None, lambda: [1] * [2], lambda: [0] * 10 ** 18):
    try:
        f()
    except (TypeError, MemoryError, OverflowError) as e:
        print(type(e).__name__, e)  # expect: TypeError can only concatenate list (not "tuple") to list
        # expect: TypeError can't multiply sequence by non-int of type 'float'
        # expect: TypeError '<' not supported between instances of 'list' and 'int'
        # expect: TypeError '<' not supported between instances of 'int' and 'str'
        # expect: TypeError can only concatenate list (not "NoneType") to list
        # expect: TypeError can't multiply sequence by non-int of type 'list'
        # expect: MemoryError
