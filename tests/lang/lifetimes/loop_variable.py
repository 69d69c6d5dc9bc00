# Each round drops what the loop variable held before.
class N:
    def __init__(self, i): self.i = i
    def __del__(self): print("gone", self.i)
for n in (N(i) for i in range(3)):
    print("body", n.i)
# expect: body 0
# expect: gone 0
# expect: body 1
# expect: gone 1
# expect: body 2
print("loop over")  # expect: loop over
del n  # expect: gone 2
print("end")  # expect: end
