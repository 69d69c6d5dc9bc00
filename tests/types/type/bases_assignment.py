# Assigning __bases__ changes the order of resolution.
class A:
    def f(self): return "A"
class B:
    def f(self): return "B"
class C(A): pass
c = C()
print(c.f())  # expect: A
C.__bases__ = (B,)
print(c.f(), C.__mro__[1].__name__, A.__subclasses__(), B.__subclasses__() == [C])  # expect: B B [] True
try:
    B.__bases__ = (C,)
except TypeError as e:
    print(e)  # expect: a __bases__ item causes an inheritance cycle
