# -X no_debug_ranges leaves the columns out of co_positions(), too.
# options: -X no_debug_ranges
def f(x):
    return (x +
            1)


positions = list(f.__code__.co_positions())
print(all(line == end for line, end, _, _ in positions))                    # expect: True
print({(column, end) for _, _, column, end in positions})                   # expect: {(None, None)}
