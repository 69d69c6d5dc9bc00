# itertools.
import itertools
print(list(itertools.chain('ab', [1])), list(itertools.islice(itertools.count(5), 3)), list(itertools.product('ab', repeat=2)))  # expect: ['a', 'b', 1] [5, 6, 7] [('a', 'a'), ('a', 'b'), ('b', 'a'), ('b', 'b')]
