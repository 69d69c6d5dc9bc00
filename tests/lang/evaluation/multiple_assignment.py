# Several targets are assigned from left to right.
class C:
    def __setattr__(self, n, v): print(n, v)
c = C()
c.a = c.b = c.c = 1  # expect: a 1
# expect: b 1
# expect: c 1
i = 0
l = [0, 0]
i = l[i] = 1
print(i, l)  # expect: 1 [0, 1]
i, l[i] = 0, 9
print(i, l)  # expect: 0 [9, 1]
