# Inheritance and super.
class A:
    def f(self): return ['A']
class B(A):
    def f(self): return super().f() + ['B']
class C(B): pass
print(C().f(), C.__mro__[1].__name__)  # expect: ['A', 'B'] B
