# A metaclass makes the class: __prepare__, __new__, __init__, then __call__ for instances.
class Meta(type):
    @classmethod
    def __prepare__(mcs, name, bases, **kw):
        print("prepare", name, kw)
        return {"prepared": True}
    def __new__(mcs, name, bases, ns, **kw):
        print("new", sorted(k for k in ns if not k.startswith("__")))
        return super().__new__(mcs, name, bases, ns)
    def __init__(cls, name, bases, ns, **kw):
        print("init", kw)
        super().__init__(name, bases, ns)
    def __call__(cls, *args):
        print("call", args)
        return super().__call__()

class C(metaclass=Meta, option=1):
    x = 1
# expect: prepare C {'option': 1}
# expect: new ['prepared', 'x']
# expect: init {'option': 1}

print(type(C).__name__, type(C(5)).__name__, C.prepared)  # expect: call (5,)
# expect: Meta C True
