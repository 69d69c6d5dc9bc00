# sort is stable, takes a key and reverse, and hides the list while it works.
l = [("b", 2), ("a", 1), ("b", 1), ("a", 2)]
l.sort(key=lambda p: p[0]); print(l)  # expect: [('a', 1), ('a', 2), ('b', 2), ('b', 1)]
l.sort(key=lambda p: p[1], reverse=True); print(l)  # expect: [('a', 2), ('b', 2), ('a', 1), ('b', 1)]
l.sort(); print(l)  # expect: [('a', 1), ('a', 2), ('b', 1), ('b', 2)]
print(sorted([3, 1.5, True, -2]), sorted("bca"), sorted([[2], [1, 5], [1]]))  # expect: [-2, True, 1.5, 3] ['a', 'b', 'c'] [[1], [1, 5], [2]]
x = [3, 1, 2]
try:
    x.sort(key=lambda v: x.append(v) or v)
except ValueError as e:
    print(e, x)  # expect: list modified during sort [1, 2, 3]
for bad in ([1, "a"], [1, None], [1j, 2j]):
    try:
        bad.sort()
    except TypeError as e:
        print(e)  # expect: '<' not supported between instances of 'str' and 'int'
        # expect: '<' not supported between instances of 'NoneType' and 'int'
        # expect: '<' not supported between instances of 'complex' and 'complex'
y = [2, 1]
try:
    y.sort(key=lambda v: 1 / 0)
except ZeroDivisionError:
    print(y)  # expect: [2, 1]
big = [i * 7919 % 1009 for i in range(1009)]
print(sorted(big) == list(range(1009)), sorted(big, reverse=True)[0])  # expect: True 1008
