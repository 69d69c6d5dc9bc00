# A loop over a list sees changes; one over a dict or set refuses them.
l = [1, 2, 3]
for x in l:
    if x < 3: l.append(x + 10)
    if len(l) > 6: break
print(l)  # expect: [1, 2, 3, 11, 12]
d = {1: 1}
try:
    for k in d: d[k + 1] = 1
except RuntimeError as e:
    print(e)  # expect: dictionary changed size during iteration
s = {1}
try:
    for x in s: s.add(x + 1)
except RuntimeError as e:
    print(e)  # expect: Set changed size during iteration
d = {1: 1, 2: 2}
try:
    for k in d:
        del d[k]
        d[k + 10] = 1
except RuntimeError as e:
    print(e)  # expect: dictionary keys changed during iteration
