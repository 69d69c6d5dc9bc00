# A set that grows.
s = set()
for i in range(60): s.add(str(i))
print(len(s))  # expect: 60
