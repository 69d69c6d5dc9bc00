# A generator expression evaluates its first iterable at once and the rest when asked.
def noisy(n):
    print("evaluated", n)
    return range(n)

g = (i * j for i in noisy(2) for j in noisy(i + 1))  # expect: evaluated 2
print("made")  # expect: made
print(list(g))  # expect: evaluated 1
# expect: evaluated 2
# expect: [0, 0, 1]
print(sum(x for x in (1, 2, 3) if x != 2))  # expect: 4
