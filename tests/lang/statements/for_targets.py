# The target of a for can be anything that can be assigned to.
d = {}
for d["k"] in "ab": pass
print(d)  # expect: {'k': 'b'}
for i, (a, *b) in enumerate([(1, 2, 3), "xy"]): print(i, a, b)  # expect: 0 1 [2, 3]
# expect: 1 x ['y']
l = [0]
for l[0] in range(3): pass
print(l)  # expect: [2]
for x in [1, 2, 3]:
    y = x
    x = 10
print(x, y)  # expect: 10 3
