# Classes with every hook: __prepare__, __set_name__, __init_subclass__, __class_getitem__, __mro_entries__.
class Space(dict):
    def __setitem__(self, name, value):
        super().__setitem__(name, value)
        self.setdefault("order", []).append(name)
class Meta(type):
    @classmethod
    def __prepare__(meta, name, bases, **words): return Space()
    def __new__(meta, name, bases, space, **words): return super().__new__(meta, name, bases, dict(space), **words)
    def __init__(cls, name, bases, space, **words): super().__init__(name, bases, space)
    def __instancecheck__(cls, value): return value == 5
class Field:
    def __set_name__(self, owner, name): self.name = name, owner.__name__
    def __get__(self, value, owner): return self.name
    def __set__(self, value, new): self.name += (new,)
class Base(metaclass=Meta):
    known = []
    def __init_subclass__(cls, /, tag=None, **words): super().__init_subclass__(**words); cls.known.append((cls.__name__, tag))
    def __class_getitem__(cls, item): return cls.__name__, item
class Entry:
    def __mro_entries__(self, bases): return (Base,)
class Derived(Entry(), tag="t"):
    field = Field()
    __slots__ = ("slot",)
d = Derived()
d.field, d.slot = 1, 2
print(Base.known, Derived[int], d.field, isinstance(5, Derived), Derived.order[-2:])
# expect: [('Derived', 't')] ('Derived', <class 'int'>) ('field', 'Derived', 1) True ['__slots__', '__orig_bases__']
Derived.__bases__ = (Base, )
Derived.later = property(lambda self: self.slot)
print(d.later, [c.__name__ for c in type("Third", (Derived,), {}).__mro__])  # expect: 2 ['Third', 'Derived', 'Base', 'object']
