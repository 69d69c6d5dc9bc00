# Slices read, assign and delete; they become slice objects elsewhere.
l = list(range(10))
print(l[2:5], l[::-3], l[-3:], l[:100], l[5:2], l[::2])  # expect: [2, 3, 4] [9, 6, 3, 0] [7, 8, 9] [0, 1, 2, 3, 4, 5, 6, 7, 8, 9] [] [0, 2, 4, 6, 8]
l[2:4] = "abc"
print(l)  # expect: [0, 1, 'a', 'b', 'c', 4, 5, 6, 7, 8, 9]
l[::4] = [0, 0, 0]
print(l)  # expect: [0, 1, 'a', 'b', 0, 4, 5, 6, 0, 8, 9]
del l[1::2]
print(l)  # expect: [0, 'a', 0, 5, 0, 9]
class C:
    def __getitem__(self, k): return k
print(C()[1:2], C()[::], C()[1:2, ..., None], C()[()])  # expect: slice(1, 2, None) slice(None, None, None) (slice(1, 2, None), Ellipsis, None) ()
