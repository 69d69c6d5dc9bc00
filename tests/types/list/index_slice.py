# Reading, assigning and deleting items and slices.
l = list(range(6))
print(l[0], l[-1], l[1:4], l[::-2], l[10:], l[-2:])  # expect: 0 5 [1, 2, 3] [5, 3, 1] [] [4, 5]
l[0] = "a"; l[1:3] = []; l[len(l):] = [9, 9]; l[::2] = "xyz"
print(l)  # expect: ['x', 3, 'y', 5, 'z', 9]
del l[0], l[-1], l[1:2]
print(l)  # expect: [3, 5, 'z']
l[:] = l * 2
print(l)  # expect: [3, 5, 'z', 3, 5, 'z']
for f in (lambda: l[99], lambda: l.__setitem__(99, 1), lambda: l.__delitem__(99), lambda: l["a"], lambda: l.__setitem__(slice(0, 4, 2), [1]), lambda: l.__setitem__(slice(0, 1), 5), lambda: l[::0], lambda: l.__setitem__(slice(None, None, 2), 5), lambda: l[1.5]):
    try:
        f()
    except (IndexError, ValueError, TypeError) as e:
        print(type(e).__name__, e)  # expect: IndexError list index out of range
        # expect: IndexError list assignment index out of range
        # expect: IndexError list assignment index out of range
        # expect: TypeError list indices must be integers or slices, not str
        # expect: ValueError attempt to assign sequence of size 1 to extended slice of size 2
        # expect: TypeError can only assign an iterable
        # expect: ValueError slice step cannot be zero
        # expect: TypeError must assign iterable to extended slice
        # expect: TypeError list indices must be integers or slices, not float
