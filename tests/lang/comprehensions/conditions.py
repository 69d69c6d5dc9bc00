# Several conditions, and conditional expressions, in a comprehension.
print([x for x in range(20) if x % 2 if x % 3])  # expect: [1, 5, 7, 11, 13, 17, 19]
print(["even" if x % 2 == 0 else "odd" for x in range(3)])  # expect: ['even', 'odd', 'even']
print([x for x in range(3) if (lambda y: y > 0)(x)])  # expect: [1, 2]
print([(a, b) for a, *b in ["abc", (1,), [1, 2]]])  # expect: [('a', ['b', 'c']), (1, []), (1, [2])]
