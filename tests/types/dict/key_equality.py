# Keys are equal by == and hash; identity comes first.
class K:
    def __init__(self, n, h): self.n, self.h = n, h
    def __hash__(self): return self.h
    def __eq__(self, other): return self.n == other.n
d = {K(1, 5): "a", K(2, 5): "b"}
print(d[K(1, 5)], d[K(2, 5)], K(1, 6) in d, len(d))  # expect: a b False 2
nan = float("nan")
d = {nan: 1}
print(d[nan], float("nan") in d, {1: "i"}[1.0], {"a": 1}.get("a"), {0: 1}[False], {(1, 2): 3}[1.0, 2])  # expect: 1 False i 1 1 3
class Bad:
    def __hash__(self): return 1
    def __eq__(self, other): 1 / 0
d = {Bad(): 1}
try:
    d[Bad()]
except ZeroDivisionError as e:
    print(e)  # expect: division by zero
class Unhash:
    def __hash__(self): raise ValueError("no hash")
try:
    d[Unhash()]
except ValueError as e:
    print(e)  # expect: no hash
