# map, filter, zip and enumerate.
print(list(map(lambda x: x * 2, filter(None, [0, 1, 2]))), list(zip('ab', enumerate('cd'))))  # expect: [2, 4] [('a', (0, 'c')), ('b', (1, 'd'))]
