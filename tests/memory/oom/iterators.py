# Iterators of a class.
class I:
    def __init__(self): self.n = 0
    def __iter__(self): return self
    def __next__(self):
        self.n += 1
        if self.n > 5: raise StopIteration
        return str(self.n)
print(list(I()), max(I()), ','.join(I()))  # expect: ['1', '2', '3', '4', '5'] 5 1,2,3,4,5
