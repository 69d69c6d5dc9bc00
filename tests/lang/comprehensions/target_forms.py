# The target of a comprehension can be anything that can be assigned to.
d = {}
print([d for d["x"] in range(2)])  # expect: [{'x': 1}, {'x': 1}]
class O: pass
o = O()
print([o.a for o.a in "xy"], o.a)  # expect: ['x', 'y'] y
print([(x, y) for x, (y, *_) in [(1, "ab"), (2, "cd")]])  # expect: [(1, 'a'), (2, 'c')]
