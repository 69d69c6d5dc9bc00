# super goes on behind the class that the method was found in.
class A:
    def f(self): return ["A"]
class B(A):
    def f(self): return ["B"] + super().f()
class C(A):
    def f(self): return ["C"] + super().f()
class D(B, C):
    def f(self): return ["D"] + super().f()
print(D().f())  # expect: ['D', 'B', 'C', 'A']
print(super(B, D()).f())  # expect: ['C', 'A']
print(super(D, D).f is B.f)  # expect: True
try:
    super(B, A()).f
except TypeError as e:
    print(e)  # expect: super(type, obj): obj must be an instance or subtype of type
try:
    super().f
except RuntimeError as e:
    print(e)  # expect: super(): no arguments
try:
    super(C, D()).g
except AttributeError as e:
    print(e)  # expect: 'super' object has no attribute 'g'
