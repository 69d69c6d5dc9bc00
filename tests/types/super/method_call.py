# super().method(): functions, what is no function, what is missing, classes, a changed base.
class Static:
    def __get__(self, instance, owner):
        return lambda *args: ("got", type(instance).__name__, owner.__name__, args)


class Base:
    def plain(self, *args):
        return "base", type(self).__name__, args

    @classmethod
    def of_class(cls):
        return "class", cls.__name__

    @staticmethod
    def static(*args):
        return "static", args

    bound = Static()
    native = len
    value = 5

    def __len__(self):
        return 42


class Middle(Base):
    def plain(self, *args):
        return "middle", super().plain(*args)


class Own(Middle):
    def plain(self, *args):
        return "own", super().plain(*args, 1)

    def others(self):
        return (super().of_class(), super().static(1), super().bound(2), super().native("abc"),
                super().__len__(), super().__class__)

    @classmethod
    def of_class(cls):
        return "own class", super().of_class()

    def missing(self):
        try:
            super().nothing()
        except AttributeError as error:
            print(error)
        try:
            super().value()
        except TypeError as error:
            print(error)

    def explicit(self):
        return super(Middle, self).plain(), super(Own, self).plain(2), super(Own, Own).plain(self)

    def held(self):
        method = super().plain
        return method.__self__ is self, method.__func__ is Middle.plain


own = Own()
print(own.plain(0))             # expect: ('own', ('middle', ('base', 'Own', (0, 1))))
print(own.others())
# expect: (('class', 'Own'), ('static', (1,)), ('got', 'Own', 'Own', (2,)), 3, 42, <class 'super'>)
print(own.of_class(), Own.of_class())
# expect: ('own class', ('class', 'Own')) ('own class', ('class', 'Own'))
own.missing()
# expect: 'super' object has no attribute 'nothing'
# expect: 'int' object is not callable
print(own.explicit())
# expect: (('base', 'Own', ()), ('middle', ('base', 'Own', (2,))), ('middle', ('base', 'Own', ())))
print(own.held())               # expect: (True, True)
own.__dict__["nothing"] = own.__dict__["plain"] = lambda *args: "instance"
own.missing()
# expect: 'super' object has no attribute 'nothing'
# expect: 'int' object is not callable


def call(o):
    return Own.plain(o)


print(call(Own()))              # expect: ('own', ('middle', ('base', 'Own', (1,))))
Middle.plain = lambda self, *args: ("changed", args)
print(call(Own()))              # expect: ('own', ('changed', (1,)))
del Middle.plain
print(call(Own()))              # expect: ('own', ('base', 'Own', (1,)))
Own.__bases__ = (Base,)
print(call(Own()))              # expect: ('own', ('base', 'Own', (1,)))


class Meta(type):
    def describe(cls):
        return "meta", cls.__name__


class Deeper(Meta):
    def describe(cls):
        return "deeper", super().describe()


print(Deeper("Made", (), {}).describe())    # expect: ('deeper', ('meta', 'Made'))


class Sub(super):
    def __getattribute__(self, name):
        return lambda: name


class Uses(Base):
    def plain(self):
        return Sub(Uses, self).plain()


print(Uses().plain())           # expect: plain


class Loud(Base):
    def __init__(self):
        self.plain(super().plain("x"))

    def __del__(self):
        print("gone", super().plain()[1])


Loud()
# expect: gone Loud
print("end")                    # expect: end
