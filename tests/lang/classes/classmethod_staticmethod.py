# A class method gets the class, a static method nothing.
class A:
    @classmethod
    def c(cls, *a): return cls.__name__, a
    @staticmethod
    def s(*a): return a
class B(A): pass
print(A.c(1), B().c(2), B.s(3), B().s(4))  # expect: ('A', (1,)) ('B', (2,)) (3,) (4,)
print(B.c.__self__ is B, A.s is A().s)  # expect: True True
print(type(A.__dict__["c"]).__name__, A.__dict__["s"].__func__(1))  # expect: classmethod (1,)
