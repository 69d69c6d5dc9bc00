# Patterns.
def f(x):
    match x:
        case [a, *b]: return a, b
        case {'k': v, **r}: return v, r
        case str(s): return s
print(f([1, 2, 3]), f({'k': 1, 'l': 2}), f('s'))  # expect: (1, [2, 3]) (1, {'l': 2}) s
