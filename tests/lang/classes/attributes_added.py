# Attributes that are added where a site has added them before; then the class hears of them first.
class Loud:
    def __del__(self):
        print("gone")


class Adds:
    def __init__(self, x):
        self.x = x
        self.y = self.x
        self.x = Loud()

    def late(self):
        self.z = 1
        return self.__dict__.keys()


print(list(Adds(1).late()))
# expect: gone
# expect: ['x', 'y', 'z']


made = [Adds(n) for n in range(3)]
Adds.__setattr__ = lambda self, name, value: print("set", name)
made[0].late()
# expect: set z
del Adds.__setattr__
Adds.z = property(lambda self: 5, lambda self, value: print("property", value))
made[1].late()
# expect: property 1
del Adds.z
print(list(made[2].late()))                     # expect: ['x', 'y', 'z']
del made
# expect: gone
# expect: gone
# expect: gone
