# Keys deleted and added.
d = dict.fromkeys(range(30))
for i in range(20): del d[i]
d['x'] = 1
print(len(d))  # expect: 11
