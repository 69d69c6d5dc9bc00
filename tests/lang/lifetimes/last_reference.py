# An object is finalised before the statement after the one that drops its last reference.
class N:
    def __init__(self, name): self.name = name
    def __del__(self): print("gone", self.name)
N("temporary")  # expect: gone temporary
print("after temporary")  # expect: after temporary
a = N("a")
a = None  # expect: gone a
print("after rebinding")  # expect: after rebinding
b = [N("in list")]
b.clear()  # expect: gone in list
print("after clear")  # expect: after clear
c = N("c")
del c  # expect: gone c
print("after del")  # expect: after del
print(N("argument").name)  # expect: gone argument
# expect: argument
print("end")  # expect: end
