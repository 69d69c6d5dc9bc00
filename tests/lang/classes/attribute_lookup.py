# An instance's attribute: data descriptor, instance, then class; __getattr__ last.
class Data:
    def __get__(self, o, t): return "data"
    def __set__(self, o, v): print("set", v)
class NonData:
    def __get__(self, o, t): return "non-data"
class C:
    d = Data()
    n = NonData()
    c = "class"
    def __getattr__(self, name): return f"getattr {name}"

o = C()
print(o.d, o.n, o.c, o.zzz)  # expect: data non-data class getattr zzz
o.d = 1  # expect: set 1
o.n = o.c = "instance"
o.__dict__["d"] = "hidden"
print(o.d, o.n, o.c)  # expect: data instance instance
print(C.d, C.n)  # expect: data non-data
del o.n
print(o.n)  # expect: non-data
