# Annotations are kept in __annotations__; those of locals are not evaluated.
x: int = 1
y: "text"
class C:
    a: int
    b: str = "b"
    (c): int = 3
def f(p: 1, *q: 2, r: 3 = 0) -> 4:
    local: undefined_name = 1
    return local
print(__annotations__)  # expect: {'x': <class 'int'>, 'y': 'text'}
print(C.__annotations__, hasattr(C, "a"))  # expect: {'a': <class 'int'>, 'b': <class 'str'>} False
print(f.__annotations__, f(1, r=1))  # expect: {'p': 1, 'q': 2, 'r': 3, 'return': 4} 1
