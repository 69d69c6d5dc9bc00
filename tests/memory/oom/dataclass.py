# A dataclass.
from dataclasses import dataclass
@dataclass
class P:
    x: int
    y: int = 2
print(P(1), P(1) == P(1, 2))  # expect: P(x=1, y=2) True
