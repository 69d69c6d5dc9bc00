# Globals made and deleted.
for i in range(40): globals()['g%d' % i] = i
print(g7)  # expect: 7
for i in range(40): del globals()['g%d' % i]
print('g7' in globals())  # expect: False
