# A field calls __format__ with the spec as it stands.
class C:
    def __format__(self, spec): return f"<{spec}>"
    def __repr__(self): return "R"
    def __str__(self): return "S"
c = C()
print(f"{c} {c:abc} {c!r} {c!s:>3} {c:{c!r}}")  # expect: <> <abc> R   S <R>
import datetime
print(f"{datetime.date(2024, 2, 29):%d.%m.%Y}")  # expect: 29.02.2024
