# A class with a metaclass of its own keeps its attributes in its __dict__ as any other.
class Meta(type):
    def added(cls): return "from meta"
class A(metaclass=Meta):
    x = 1
print("__dict__" in vars(Meta), "__dict__" in vars(A), A.__dict__["x"], type(A.__dict__).__name__)  # expect: False True 1 mappingproxy
A.y = 2
print(vars(A)["y"], A().__dict__, A.added())  # expect: 2 {} from meta
