# Properties and descriptors.
class A:
    @property
    def p(self): return 1
    @staticmethod
    def s(): return 2
    @classmethod
    def c(cls): return cls.__name__
print(A().p, A.s(), A.c())  # expect: 1 2 A
