# A data descriptor that a class gets late hides attributes and slots that were read before.
class Plain:
    def __init__(self):
        self.x = "own"


class Slotted:
    __slots__ = ("x", "y")


class Below(Slotted):
    pass


class Mixed:
    pass


class Both(Mixed, Slotted):
    pass


class Sub(Plain):
    pass


def read(o):
    return o.x


def write(o):
    o.x = "written"
    return o.x


instances = [Plain(), Sub(), Below(), Both(), Slotted()]
for o in instances[2:]:
    o.x = "slot"
for _ in range(3):
    print([read(o) for o in instances], [write(o) for o in instances[:2]])
# expect: ['own', 'own', 'slot', 'slot', 'slot'] ['written', 'written']
# expect: ['written', 'written', 'slot', 'slot', 'slot'] ['written', 'written']
# expect: ['written', 'written', 'slot', 'slot', 'slot'] ['written', 'written']
Below.x = property(lambda self: "Below's")
print([read(o) for o in instances])  # expect: ['written', 'written', "Below's", 'slot', 'slot']
Mixed.x = property(lambda self: "Mixed's")
print([read(o) for o in instances])  # expect: ['written', 'written', "Below's", "Mixed's", 'slot']
setattr(Plain, "".join(["x"]), property(lambda self: "Plain's", lambda self, value: None))
print([read(o) for o in instances])  # expect: ["Plain's", "Plain's", "Below's", "Mixed's", 'slot']
print([write(o) for o in instances[:2]])  # expect: ["Plain's", "Plain's"]
Slotted.x = 1
print([read(o) for o in instances])  # expect: ["Plain's", "Plain's", "Below's", "Mixed's", 1]
del Below.x, Mixed.x, Slotted.x, Plain.x
print([read(o) for o in instances[:2]])  # expect: ['written', 'written']
new = Plain()
Plain.z = property(lambda self: "z")
print(new.z, new.x)  # expect: z own
