# A non-data descriptor can put its value into the instance and is not asked again.
class cached:
    def __init__(self, f): self.f = f
    def __set_name__(self, owner, name): self.name = name
    def __get__(self, o, t):
        if o is None: return self
        print("computing")
        o.__dict__[self.name] = value = self.f(o)
        return value
class C:
    @cached
    def x(self): return 42
c = C()
print(c.x, c.x)  # expect: computing
# expect: 42 42
del c.x
print(c.x)  # expect: computing
# expect: 42
