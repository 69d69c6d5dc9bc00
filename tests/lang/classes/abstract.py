# A class with abstract methods has no instances.
from abc import ABC, abstractmethod
class A(ABC):
    @abstractmethod
    def f(self): ...
    @property
    @abstractmethod
    def g(self): ...
for cls in (A, type("B", (A,), {"f": 1})):
    try:
        cls()
    except TypeError as e:
        print(e)  # expect: Can't instantiate abstract class A with abstract methods f, g
        # expect: Can't instantiate abstract class B with abstract method g
class C(A):
    f = g = None
print(type(C()).__name__)  # expect: C
A.register(int)
print(isinstance(1, A), issubclass(bool, A), isinstance("", A))  # expect: True True False
