# What object gives to everything.
class C: pass
o = C()
print(repr(o)[:19], str(o) == repr(o), o == o, o != o, hash(o) == hash(o), o.__eq__(5), o.__lt__(5), o.__class__, format(o, "") == str(o), o.__sizeof__() > 0, C.__doc__, o.__doc__)  # expect: <__main__.C object  True True False True NotImplemented NotImplemented <class '__main__.C'> True True None None
print(object().__reduce_ex__(2)[0].__name__, object.__subclasshook__(), object.__init_subclass__(), object().__dir__()[:0], type(object().__repr__).__name__)  # expect: __newobj__ NotImplemented None [] method-wrapper
