# The old value of a target goes after the new one is in place.
class N:
    def __init__(self, name): self.name = name
    def __del__(self): print("gone", self.name, "while x is", x if isinstance(x, int) else x.name)
x = N("first")
x = N("second")  # expect: gone first while x is second
x = 3  # expect: gone second while x is 3
print("end")  # expect: end
