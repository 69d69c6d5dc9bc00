# A data descriptor of the metaclass goes before the class's own attribute.
class Meta(type):
    @property
    def p(cls): return "from meta"
    def m(cls): return cls.__name__
class C(metaclass=Meta):
    pass
print(C.p, C.m())  # expect: from meta C
try:
    C().p
except AttributeError as e:
    print(e)  # expect: 'C' object has no attribute 'p'
try:
    C.p = 1
except AttributeError as e:
    print(e)  # expect: property 'p' of 'Meta' object has no setter
