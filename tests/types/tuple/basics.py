# Tuples: construction, items, operators.
t = (1, 2, 3)
print(t[0], t[-1], t[1:], t[::-1], t + (4,), t * 2, 2 in t, t.index(3), t.count(1), len(t), tuple("ab"), tuple(), (1,), t < (1, 3), t == (1, 2, 3), hash(t) == hash((1, 2, 3)), tuple(t) is t, t[:] is t)  # expect: 1 3 (2, 3) (3, 2, 1) (1, 2, 3, 4) (1, 2, 3, 1, 2, 3) True 2 1 3 ('a', 'b') () (1,) True True True True True
for f in (lambda: t[5], lambda: t.index(9), lambda: t + [1], lambda: t["a"], lambda: tuple(5), lambda: t < 1, lambda: t * "a", lambda: hash(([],))):
    try:
        f()
    except (IndexError, ValueError, TypeError) as e:
        print(type(e).__name__, e)  # expect: IndexError tuple index out of range
        # expect: ValueError tuple.index(x): x not in tuple
        # expect: TypeError can only concatenate tuple (not "list") to tuple
        # expect: TypeError tuple indices must be integers or slices, not str
        # expect: TypeError 'int' object is not iterable
        # expect: TypeError '<' not supported between instances of 'tuple' and 'int'
        # expect: TypeError can't multiply sequence by non-int of type 'str'
        # expect: TypeError unhashable type: 'list'
try:
    t[0] = 1
except TypeError as e:
    print(e)  # expect: 'tuple' object does not support item assignment
try:
    del t[0]
except TypeError as e:
    print(e)  # expect: 'tuple' object doesn't support item deletion
