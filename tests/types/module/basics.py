# Module objects.
import types, sys
m = types.ModuleType("name", "doc")
m.x = 1
print(m, m.__dict__["x"], dir(m), m.__name__, vars(m) is m.__dict__)  # expect: <module 'name'> 1 ['__doc__', '__loader__', '__name__', '__package__', '__spec__', 'x'] name True
del m.x
for f in (lambda: m.x, lambda: types.ModuleType(), lambda: types.ModuleType(5), lambda: sys.no_such):
    try:
        f()
    except (AttributeError, TypeError) as e:
        print(type(e).__name__, e)  # expect: AttributeError module 'name' has no attribute 'x'
        # expect: TypeError module() missing required argument 'name' (pos 1)
        # expect: TypeError module() argument 'name' must be str, not int
        # expect: AttributeError module 'sys' has no attribute 'no_such'
class M(types.ModuleType):
    @property
    def p(self): return "computed"
m.__class__ = M
print(m.p)  # expect: computed
