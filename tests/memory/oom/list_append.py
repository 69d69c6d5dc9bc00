# A list that grows.
l = []
for i in range(100): l.append(i)
print(len(l))  # expect: 100
