# Deep sizes, referrers and chains.
# CPython has no such module.
# only: ounce
import _memtools
a = [{'k': ['v']}, ('x',)]
print(len(_memtools.deep_sizes((a, a[0]), separate=True)))      # expect: 2
print(len(_memtools.edges(a)))                                  # expect: 2
print(len(_memtools.referrers([a[0]['k']], [])))                # expect: 1
print(len(_memtools.chain(a, lambda o: o == ['v'], 5, [], False)))       # expect: 3
print(len(_memtools.chain(a[0]['k'], lambda o: o is a, 5, [], True)))    # expect: 3
print(len(_memtools.type_tally([a, a[0], a[1]])))               # expect: 3
