# Several managers in parentheses; targets of every form.
class M:
    def __init__(self, v): self.v = v
    def __enter__(self): return self.v
    def __exit__(self, *a): pass
d = {}
with (M((1, 2)) as (a, b), M(3) as d["k"],):
    print(a, b, d)  # expect: 1 2 {'k': 3}
with (M(4)) as x, M([5, 6]) as [y, *z]:
    print(x, y, z)  # expect: 4 5 [6]
with (M(7), M(8)):
    print("tuple of managers")  # expect: tuple of managers
