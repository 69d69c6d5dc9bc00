# Deleting a container drops what only it held, at once.
class N:
    def __init__(self, i): self.i = i
    def __del__(self): print("gone", self.i)
d = {"k": [N(1)], "l": (N(2),)}
del d["k"]  # expect: gone 1
print("one left")  # expect: one left
d["l"] = None  # expect: gone 2
print("none left")  # expect: none left
s = N(3)
class C: held = s
del s
C.held = None  # expect: gone 3
print("end")  # expect: end
