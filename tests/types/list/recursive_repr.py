# A list that holds itself is printed with dots; comparing it recurses to an error.
l = [1]
l.append(l)
print(l, [l], (l,), {"k": l})  # expect: [1, [...]] [[1, [...]]] ([1, [...]],) {'k': [1, [...]]}
m = [1]
m.append(m)
try:
    l == m
except RecursionError as e:
    print(e)  # expect: maximum recursion depth exceeded in comparison
