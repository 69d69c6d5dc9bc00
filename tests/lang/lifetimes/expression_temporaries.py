# A temporary goes as soon as the operation that uses it is done.
class N:
    def __init__(self, v): self.v = v
    def __del__(self): print("gone", self.v)
    def __add__(self, other): return N(self.v + other.v)
    def get(self): return self.v
x = N(1) + N(2)  # expect: gone 1
# expect: gone 2
print("x", x.v)  # expect: x 3
print(N(10).get() + N(20).get())  # expect: gone 10
# expect: gone 20
# expect: 30
[N(5), N(6)]  # expect: gone 6
# expect: gone 5
print("end")  # expect: end
# expect: gone 3
