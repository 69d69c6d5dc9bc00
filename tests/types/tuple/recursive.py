# A tuple may hold itself through a list.
l = []
t = (l, 1)
l.append(t)
print(t)  # expect: ([(...)], 1)
