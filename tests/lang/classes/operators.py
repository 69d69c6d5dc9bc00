# Binary operators: left first, then the reflected one; a subclass on the right goes first.
class A:
    def __init__(self, n): self.n = n
    def __add__(self, other):
        if isinstance(other, A): return f"{self.n}.add({other.n})"
        return NotImplemented
    def __radd__(self, other): return f"{self.n}.radd({other!r})"
class B(A):
    def __radd__(self, other): return f"B{self.n}.radd"
class C(A): pass

print(A(1) + A(2))  # expect: 1.add(2)
print(3 + A(4))  # expect: 4.radd(3)
print(A(1) + B(2))  # expect: B2.radd
print(A(1) + C(2))  # expect: 1.add(2)
try:
    A(1) + "x"
except TypeError as e:
    print(e)  # expect: unsupported operand type(s) for +: 'A' and 'str'
try:
    A(1) - A(2)
except TypeError as e:
    print(e)  # expect: unsupported operand type(s) for -: 'A' and 'A'
