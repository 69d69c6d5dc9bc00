# del takes names, items, slices, attributes and nested lists of them.
class O: pass
o = O(); o.a = 1
l = [1, 2, 3, 4]
d = {1: 2}
x = y = 1
del x, (y, [o.a]), l[0], l[1:], d[1]
print(l, d, vars(o))  # expect: [2] {} {}
try:
    del d[5]
except KeyError as e:
    print("KeyError", e)  # expect: KeyError 5
try:
    del l[9]
except IndexError as e:
    print(e)  # expect: list assignment index out of range
try:
    del (1).real
except AttributeError as e:
    print(e)  # expect: attribute 'real' of 'int' objects is not writable
