# A subclass of a builtin type has attributes, and its results are of the builtin type.
class L(list):
    def double(self): return L(x * 2 for x in self)
l = L([1, 2])
l.name = "n"
print(l, l.double(), type(l + l), type(l.double()), l.name, type(l[:]))  # expect: [1, 2] [2, 4] <class 'list'> <class '__main__.L'> n <class 'list'>
class S(str):
    def __new__(cls, s, extra):
        self = super().__new__(cls, s)
        self.extra = extra
        return self
s = S("abc", 5)
print(s, s.extra, type(s.upper()), s == "abc", {s: 1}["abc"])  # expect: abc 5 <class 'str'> True 1
class I(int):
    def __add__(self, other): return I(int(self) + other + 100)
print(I(1) + 2, type(I(1) * 2), I(5) == 5)  # expect: 103 <class 'int'> True
class D(dict):
    def __missing__(self, k): return k * 2
d = D(a=1)
print(d["a"], d["z"], d.get("z"), "z" in d)  # expect: 1 zz None False
class T(tuple):
    @property
    def first(self): return self[0]
print(T("xy").first, T("xy") == ("x", "y"))  # expect: x True
