# An instance with __call__ is callable; a class's __call__ is its metaclass's.
class Adder:
    def __init__(self, n): self.n = n
    def __call__(self, x, *, times=1): return (self.n + x) * times
add = Adder(3)
print(add(4), add(4, times=2), callable(add), callable(Adder(1).n))  # expect: 7 14 True False
try:
    add.n()
except TypeError as e:
    print(e)  # expect: 'int' object is not callable
try:
    add()
except TypeError as e:
    print(e)  # expect: Adder.__call__() missing 1 required positional argument: 'x'
