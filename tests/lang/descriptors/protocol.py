# __get__, __set__ and __delete__ of a class's attribute rule its instances' attribute.
class D:
    def __get__(self, o, t): return ("get", o is None, t.__name__)
    def __set__(self, o, v): print("set", v)
    def __delete__(self, o): print("delete")
class C:
    d = D()
c = C()
print(c.d, C.d)  # expect: ('get', False, 'C') ('get', True, 'C')
c.d = 5  # expect: set 5
del c.d  # expect: delete
print(vars(c))  # expect: {}
C.d = "replaced"
print(c.d)  # expect: replaced
