# An item of an item is found whatever the two are, and the error names the one that fails.
class Rows:
    def __getitem__(self, key):
        return ('row', key)


class Last:
    def __init__(self, name):
        self.name = name

    def __getitem__(self, key):
        return self.name, key

    def __del__(self):
        print('dropped', self.name)


def both(outer, i, k):
    return outer[i][k]


def fixed(outer, i):
    return outer[0][1], outer[i][1], outer[0][i]


def deep(outer, i):
    return outer[i][i][i], outer[outer[i][0][0]][0]


table = [[1, 2], (3, 4)]
print(both(table, 0, 1), both(table, 1, -1), both(table, -1, 0))    # expect: 2 4 3
print(both({'a': [5]}, 'a', 0), both([{'b': 6}], 0, 'b'))           # expect: 5 6
print(both(['text'], 0, 2), both([range(9)], 0, 7))                 # expect: x 7
print(both(Rows(), 3, 1), both([Rows()], 0, 1))                     # expect: 3 ('row', 1)
print(both([[1, 2, 3]], 0, slice(1, None)), both(table, True, False))   # expect: [2, 3] 3
print(fixed(table, 1))                                              # expect: (2, 4, 2)
print(deep([[[0]]], 0))                                             # expect: (0, [0])
print(both([Last('temporary')], 0, 1))
# expect: dropped temporary
# expect: ('temporary', 1)
print([Last('first')][0][1])
# expect: dropped first
# expect: ('first', 1)
for outer, i, k in (table, 2, 0), (table, 0, 2), ([1], 0, 0), (table, 'x', 0):
    try:
        both(outer, i, k)
    except (IndexError, TypeError) as error:
        print(error)
# expect: list index out of range
# expect: list index out of range
# expect: 'int' object is not subscriptable
# expect: list indices must be integers or slices, not str
table[0][2]         # expect error: IndexError: list index out of range
