# A class that defines __eq__ and no __hash__ cannot be hashed.
class A:
    def __eq__(self, other): return True
try:
    hash(A())
except TypeError as e:
    print(e)  # expect: unhashable type: 'A'
print(A.__hash__)  # expect: None
class B(A):
    __hash__ = object.__hash__
print(isinstance(hash(B()), int))  # expect: True
class C:
    def __hash__(self): return "x"
try:
    hash(C())
except TypeError as e:
    print(e)  # expect: __hash__ method should return an integer
class D:
    def __hash__(self): return -1
print(hash(D()))  # expect: -2
class E:
    def __hash__(self): return 2 ** 61
print(hash(E()))  # expect: 2305843009213693952
