# A generator.
def g(n):
    for i in range(n): yield i * 2
print(list(g(5)), sum(x for x in g(3)))  # expect: [0, 2, 4, 6, 8] 6
