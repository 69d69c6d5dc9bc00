# from __future__ import annotations keeps annotations as text.
from __future__ import annotations
def f(x: undefined[int], y: 1 + 2 = 0) -> "quoted": pass
class C:
    a: List[int] = []
    b: lambda x: x
print(f.__annotations__)  # expect: {'x': 'undefined[int]', 'y': '1 + 2', 'return': "'quoted'"}
print(C.__annotations__)  # expect: {'a': 'List[int]', 'b': 'lambda x: x'}
