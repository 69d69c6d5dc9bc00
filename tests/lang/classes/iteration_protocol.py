# Iteration: __iter__, else __getitem__ from 0 until IndexError.
class Seq:
    def __getitem__(self, i):
        if i > 2: raise IndexError
        return i * 10
print(list(Seq()), 20 in Seq(), 5 in Seq())  # expect: [0, 10, 20] True False
class It:
    def __init__(self): self.n = 0
    def __iter__(self): return self
    def __next__(self):
        self.n += 1
        if self.n > 3: raise StopIteration
        return self.n
print(list(It()), max(It()))  # expect: [1, 2, 3] 3
class NoIter:
    __iter__ = None
    def __getitem__(self, i): return i
def attempt(f):
    try:
        f()
    except TypeError as e:
        print(e)
attempt(lambda: iter(NoIter()))  # expect: 'NoIter' object is not iterable
class BadIter:
    def __iter__(self): return 1
attempt(lambda: iter(BadIter()))  # expect: iter() returned non-iterator of type 'int'
attempt(lambda: iter(5))  # expect: 'int' object is not iterable
attempt(lambda: next([]))  # expect: 'list' object is not an iterator
