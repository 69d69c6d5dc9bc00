# Python calls nest as deep as the limit that the program sets.
import sys
sys.setrecursionlimit(30000)
def f(n): return n and 1 + f(n - 1)
print(f(20000))  # expect: 20000
class Add:
    def __init__(self, n): self.n = n
    def total(self): return self.n + (Add(self.n - 1).total() if self.n else 0)
print(Add(5000).total())  # expect: 12502500
