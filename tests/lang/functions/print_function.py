# print: separators, end, file, flush and their errors.
import io
print(1, "a", None, sep="-", end="!\n")  # expect: 1-a-None!
print()  # expect:
print(1, 2, sep=None, end=None)  # expect: 1 2
out = io.StringIO()
print("x", file=out)
print(repr(out.getvalue()))  # expect: 'x\n'
for kw in ({"sep": 1}, {"end": b""}, {"file": 5}):
    try:
        print("a", **kw)
    except (TypeError, AttributeError) as e:
        print(type(e).__name__, e)  # expect: TypeError sep must be None or a string, not int
        # expect: TypeError end must be None or a string, not bytes
        # expect: AttributeError 'int' object has no attribute 'write'
