# Truth is __bool__, else __len__, else True.
class A:
    def __len__(self): return 0
class B(A):
    def __bool__(self): return True
class C:
    def __bool__(self): return 1
class D:
    def __len__(self): return -1
class E: pass
print(bool(A()), bool(B()), bool(E()))  # expect: False True True
try:
    bool(C())
except TypeError as e:
    print(e)  # expect: __bool__ should return bool, returned int
try:
    bool(D())
except ValueError as e:
    print(e)  # expect: __len__() should return >= 0
print("yes" if not A() else "no")  # expect: yes
