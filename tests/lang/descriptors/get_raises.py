# An AttributeError in __get__ goes to __getattr__.
class C:
    @property
    def p(self): raise AttributeError("inner")
    def __getattr__(self, name): return "fallback " + name
print(C().p)  # expect: fallback p
class D:
    @property
    def p(self): raise KeyError("k")
try:
    D().p
except KeyError as e:
    print("KeyError", e)  # expect: KeyError 'k'
print(getattr(C(), "zz"), hasattr(D(), "q"))  # expect: fallback zz False
