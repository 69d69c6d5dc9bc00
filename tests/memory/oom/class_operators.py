# Operators of a class.
class V:
    def __init__(self, n): self.n = n
    def __add__(self, o): return V(self.n + o.n)
    def __eq__(self, o): return self.n == o.n
    def __repr__(self): return f'V({self.n})'
print(V(1) + V(2), V(1) == V(1), [V(3)])  # expect: V(3) True [V(3)]
