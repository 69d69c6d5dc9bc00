# A dict that grows.
d = {}
for i in range(60): d['k%d' % i] = i
print(len(d))  # expect: 60
