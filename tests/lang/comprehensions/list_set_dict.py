# List, set and dict comprehensions, with conditions and several loops.
print([x * y for x in (1, 2, 3) for y in (10, 100) if x != 2])  # expect: [10, 100, 30, 300]
print(sorted({c for c in "hello"}))  # expect: ['e', 'h', 'l', 'o']
print({k: v for k, v in zip("abc", range(3)) if v})  # expect: {'b': 1, 'c': 2}
print([[i * j for j in range(3)] for i in range(3)])  # expect: [[0, 0, 0], [0, 1, 2], [0, 2, 4]]
print([x for row in [[1, 2], [3]] for x in row])  # expect: [1, 2, 3]
print({x: y for x in "ab" for y in range(2)})  # expect: {'a': 1, 'b': 1}
