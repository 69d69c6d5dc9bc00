# A chained comparison evaluates its middle once and stops at the first False.
def f(x):
    print("f", x, end="; ")
    return x
print(f(1) < f(2) < f(3))  # expect: f 1; f 2; f 3; True
print(f(1) > f(2) > f(3))  # expect: f 1; f 2; False
print(1 < 2 > 1 != 3 not in [None])  # expect: True
class C:
    def __lt__(self, o): return []
print(C() < C() < 5)  # expect: []
