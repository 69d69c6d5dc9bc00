# Comparison falls back on the reflected operator, then on identity for == and !=.
class A:
    def __init__(self, n): self.n = n
    def __lt__(self, other): return ("lt", self.n, other.n)
    def __eq__(self, other): return NotImplemented
print(A(1) < A(2))  # expect: ('lt', 1, 2)
print(A(1) > A(2))  # expect: ('lt', 2, 1)
a = A(1)
print(a == a, a == A(1), a != A(1))  # expect: True False True
try:
    A(1) <= A(2)
except TypeError as e:
    print(e)  # expect: '<=' not supported between instances of 'A' and 'A'
class E:
    def __eq__(self, other): return "truthy"
print(E() == 1, E() != 1, 1 == E())  # expect: truthy False truthy
