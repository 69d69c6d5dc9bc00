# Slice objects.
s = slice(1, 10, 2)
print(s, s.start, s.stop, s.step, slice(5), s == slice(1, 10, 2), s.indices(5), slice(None, None, -1).indices(4), slice(-3, None).indices(10), slice(1, 2) < slice(1, 3))  # expect: slice(1, 10, 2) 1 10 2 slice(None, 5, None) True (1, 5, 2) (3, -1, -1) (7, 10, 1) True
for f in (lambda: slice(), lambda: s.indices(-1), lambda: slice(1, 2, 0).indices(5), lambda: hash(s), lambda: slice("a", 2).indices(5)):
    try:
        f()
    except (TypeError, ValueError) as e:
        print(type(e).__name__, e)  # expect: TypeError slice expected at least 1 argument, got 0
        # expect: ValueError length should not be negative
        # expect: ValueError slice step cannot be zero
        # expect: TypeError unhashable type: 'slice'
        # expect: TypeError slice indices must be integers or None or have an __index__ method
