# The order of resolution is C3's.
class A: pass
class B(A): pass
class C(A): pass
class D(B, C): pass
print([c.__name__ for c in D.__mro__])  # expect: ['D', 'B', 'C', 'A', 'object']
print(D.__bases__ == (B, C), A.__subclasses__() == [B, C])  # expect: True True
class E(C, B): pass
try:
    class F(D, E): pass
except TypeError as e:
    print(e)  # expect: Cannot create a consistent method resolution
    # expect: order (MRO) for bases B, C
try:
    class G(A, B): pass
except TypeError as e:
    print(e)  # expect: Cannot create a consistent method resolution
    # expect: order (MRO) for bases A, B
try:
    class H(A, A): pass
except TypeError as e:
    print(e)  # expect: duplicate base class A
