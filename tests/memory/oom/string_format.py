# Format fields.
print('{:>8}|{:.3f}|{!r}'.format('a', 2.5, 'x'), f'{3:04}', '%s %5d' % ('b', 7))  # expect:        a|2.500|'x' 0003 b     7
