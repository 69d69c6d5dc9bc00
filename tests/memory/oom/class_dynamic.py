# Classes made and dropped.
for i in range(5):
    C = type('C%d' % i, (), {'n': i})
    o = C()
    o.x = o
print(C.n)  # expect: 4
