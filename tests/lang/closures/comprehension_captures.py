# A lambda in a comprehension closes over the comprehension's own variable.
def f(n):
    return [[(lambda: (i, j, n))() for i in range(2)] for j in range(2)]

print(f("n"))  # expect: [[(0, 0, 'n'), (1, 0, 'n')], [(0, 1, 'n'), (1, 1, 'n')]]
