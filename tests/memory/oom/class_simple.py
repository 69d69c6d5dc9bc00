# A class with attributes and methods.
class P:
    def __init__(self, x): self.x = x
    def add(self, o): return P(self.x + o.x)
print(P(1).add(P(2)).x)  # expect: 3
