# Values and code are marshalled and come back.
import marshal
values = (None, True, 5, 2 ** 90, 1.5, 2j, "text", "\u20ac", b"bytes", (1, (2,)), [1, [2]], {"k": {1: 2}}, {3}, frozenset([4]), Ellipsis, StopIteration)
for version in (0, 2, 4):
    plain = values if version > 2 else values[:-3]
    print(marshal.loads(marshal.dumps(plain, version)) == plain)
# expect: True
# expect: True
# expect: True
code = compile("def f(a, *b, c=1, **d):\n    return [a, b, c, d, lambda: a]\nr = f(1, 2, e=3)[:4]", "made", "exec")
space = {}
exec(marshal.loads(marshal.dumps(code)), space)
print(space["r"])  # expect: [1, (2,), 1, {'e': 3}]
try:
    marshal.loads(marshal.dumps(values)[:-5])
except EOFError as e:
    print(e)  # expect: marshal data too short
