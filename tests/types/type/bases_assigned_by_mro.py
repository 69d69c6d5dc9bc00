# An mro() that assigns __bases__ while __bases__ is being assigned has the last word.
class Meta(type):
    armed = None

    def mro(cls):
        if Meta.armed:
            change, Meta.armed = Meta.armed, None
            change(cls)
        return type.mro(cls)


class A(metaclass=Meta):
    pass


class B1(A):
    pass


class B2(A):
    pass


class C(A):
    pass


def names(classes):
    return [each.__name__ for each in classes]


def inner(cls):
    cls.__bases__ = (B2,)


Meta.armed = inner
C.__bases__ = (B1,)
print(names(C.__bases__), names(C.__mro__))     # expect: ['B2'] ['C', 'B2', 'A', 'object']
print(names(B1.__subclasses__()), names(B2.__subclasses__()))   # expect: [] ['C']

B1.__bases__ = (C,)
print(names(B1.__mro__))                        # expect: ['B1', 'C', 'B2', 'A', 'object']


def failing(cls):
    cls.__bases__ = (A,)
    raise KeyError("from mro()")


Meta.armed = failing
try:
    C.__bases__ = (B2,)
except KeyError as e:
    print(e, names(C.__bases__))                # expect: 'from mro()' ['A']


def circle(cls):
    B2.__bases__ = (cls,)


B1.__bases__ = (A,)
Meta.armed = lambda cls: (setattr(Meta, "armed", lambda cls: setattr(B1, "__bases__", (B2,))), circle(cls))
try:
    B1.__bases__ += ()
except TypeError as e:
    print(e)                                    # expect: a __bases__ item causes an inheritance cycle
