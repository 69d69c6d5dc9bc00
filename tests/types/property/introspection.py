# property's attributes and copying methods.
def get(self):
    "doc of get"
    return 1
p = property(get)
print(p.fget is get, p.fset, p.fdel, p.__doc__, property(get, doc="own").__doc__, p.getter(len).fget is len, p.setter(id).fset is id, p.fset)  # expect: True None None doc of get own True True None
class P(property): pass
print(type(P(get).setter(id)), P(get).__doc__)  # expect: <class '__main__.P'> doc of get
class C: x = p
print(C.x is p, C().x)  # expect: True 1
try:
    p.fget = 1
except AttributeError as e:
    print(e)  # expect: readonly attribute
