# iter with a callable stops at the sentinel; next takes a default.
it = iter([1, 2, 3, 0, 4].__iter__().__next__, 0)
print(list(it), list(it))  # expect: [1, 2, 3] []
print(next(iter([]), "default"))  # expect: default
try:
    iter(5, 0)
except TypeError as e:
    print(e)  # expect: iter(v, w): v must be callable
try:
    next(iter([]))
except StopIteration as e:
    print(repr(e))  # expect: StopIteration()
