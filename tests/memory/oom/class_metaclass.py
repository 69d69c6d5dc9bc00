# A metaclass.
class M(type):
    def __new__(m, n, b, d): return super().__new__(m, n, b, dict(d, made=1))
class A(metaclass=M): pass
print(A.made)  # expect: 1
