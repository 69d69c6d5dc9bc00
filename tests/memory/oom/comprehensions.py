# Comprehensions of every kind.
print([x * y for x in range(3) for y in range(2)], {x for x in 'aa'}, {k: v for k, v in zip('ab', [1, 2])})  # expect: [0, 0, 0, 1, 0, 2] {'a'} {'a': 1, 'b': 2}
