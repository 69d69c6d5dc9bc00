# A special method that was set on a class and deleted again is inherited as before, in subclasses too.
def check(base, name, method, use):
    class Parent(base):
        pass

    class Child(Parent):
        pass

    class Grandchild(Child):
        pass

    def uses():
        shown = []
        for cls in (Parent, Child, Grandchild):
            try:
                shown.append(use(cls()))
            except TypeError:
                shown.append("TypeError")
        return shown

    before = uses()
    seen = []
    for cls in (Child, Parent):
        setattr(cls, name, method)
        seen.append(uses())
        delattr(cls, name)
        seen.append(uses() == before)
    setattr(Parent, name, method)
    setattr(Child, name, None)
    delattr(Child, name)
    seen.append(uses() == [use(Parent())] * 3)
    delattr(Parent, name)
    seen.append(uses() == before)
    print(name, *seen)


check(object, "__new__", staticmethod(lambda cls: 7), lambda x: x == 7)
# expect: __new__ [False, True, True] True [True, True, True] True True True
check(object, "__init__", lambda self: setattr(self, "a", 1), lambda x: hasattr(x, "a"))
# expect: __init__ [False, True, True] True [True, True, True] True True True
check(object, "__call__", lambda self: "called", lambda x: x())
# expect: __call__ ['TypeError', 'called', 'called'] True ['called', 'called', 'called'] True True True
check(object, "__hash__", lambda self: 5, lambda x: hash(x) == 5)
# expect: __hash__ [False, True, True] True [True, True, True] True True True
check(object, "__eq__", lambda self, other: "equal", lambda x: x == 0)
# expect: __eq__ [False, 'equal', 'equal'] True ['equal', 'equal', 'equal'] True True True
check(int, "__eq__", lambda self, other: "equal", lambda x: x == 0)
# expect: __eq__ [True, 'equal', 'equal'] True ['equal', 'equal', 'equal'] True True True
check(list, "__len__", lambda self: 3, lambda x: (len(x), bool(x)))
# expect: __len__ [(0, False), (3, True), (3, True)] True [(3, True), (3, True), (3, True)] True True True
check(dict, "__getitem__", lambda self, key: key, lambda x: x[1] if type(x).__mro__[1] is not object and "__getitem__" in dir(x) and type(x).__getitem__ is not dict.__getitem__ else "plain")
# expect: __getitem__ ['plain', 1, 1] True [1, 1, 1] True True True
check(object, "__getattr__", lambda self, name: name, lambda x: getattr(x, "missing", None))
# expect: __getattr__ [None, 'missing', 'missing'] True ['missing', 'missing', 'missing'] True True True
check(str, "__repr__", lambda self: "shown", repr)
# expect: __repr__ ["''", 'shown', 'shown'] True ['shown', 'shown', 'shown'] True True True
check(object, "__add__", lambda self, other: other, lambda x: x + 1)
# expect: __add__ ['TypeError', 1, 1] True [1, 1, 1] True True True
check(object, "__iter__", lambda self: iter("ab"), list)
# expect: __iter__ ['TypeError', ['a', 'b'], ['a', 'b']] True [['a', 'b'], ['a', 'b'], ['a', 'b']] True True True
