# A base that is no class may stand for others by __mro_entries__.
class Stand:
    def __mro_entries__(self, bases):
        return (dict,)
class C(Stand(), metaclass=type): pass
print(C.__bases__, len(C.__orig_bases__))  # expect: (<class 'dict'>,) 1
class D(list[int]): pass
print(D.__bases__, D.__orig_bases__)  # expect: (<class 'list'>,) (list[int],)
try:
    class E(5): pass
except TypeError as e:
    print(e)  # expect: int() takes at most 2 arguments (3 given)
