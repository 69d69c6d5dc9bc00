# Item access, membership and length through special methods.
class C:
    def __getitem__(self, k): return ("get", k)
    def __setitem__(self, k, v): print("set", k, v)
    def __delitem__(self, k): print("del", k)
    def __contains__(self, x): return x == 1
    def __len__(self): return 5
    def __reversed__(self): return iter("rev")
    def __missing__(self, k): return "never"
c = C()
print(c[1], c[1:2], c[1, ...], c[::2, "a"])  # expect: ('get', 1) ('get', slice(1, 2, None)) ('get', (1, Ellipsis)) ('get', (slice(None, None, 2), 'a'))
c[0] = "v"  # expect: set 0 v
del c[0]  # expect: del 0
c["x"] += ("more",)  # expect: set x ('get', 'x', 'more')
print(1 in c, 2 in c, 2 not in c, len(c), list(reversed(c)))  # expect: True False True 5 ['r', 'e', 'v']
