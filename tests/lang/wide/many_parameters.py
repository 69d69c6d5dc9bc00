# A function may have more parameters than a frame has registers, of all kinds.
COUNT = 66000
last = COUNT - 1
names = ", ".join(f"p{i}" for i in range(COUNT))
defaults = ", ".join(f"p{i}={i}" for i in range(COUNT))
namespace = {}
exec(f"""
def plain({names}, *rest, key=1, **more):
    add = lambda: p{last} + 1
    return p0, p{last}, add(), rest, key, more, len(locals())
def positional({defaults}, /):
    p{last} += 1
    return p{last}
def named(*, {defaults}):
    yield p0
    p{last} += 1
    yield p{last}
""", namespace)
plain, positional, named = (namespace[name] for name in ("plain", "positional", "named"))
print(plain(*range(COUNT)))
print(plain(*range(COUNT), "more", key=2, other=3))
try:
    plain(*range(last), p0=1)
except TypeError as error:
    print(error)
print(positional(), positional(*range(COUNT)), list(named()), list(named(p0="a", **{f"p{last}": 5})))
try:
    positional(*range(COUNT + 1))
except TypeError as error:
    print(error)
print(plain.__code__.co_argcount, positional.__code__.co_posonlyargcount, named.__code__.co_kwonlyargcount)

# expect: (0, 65999, 66000, (), 1, {}, 66004)
# expect: (0, 65999, 66000, ('more',), 2, {'other': 3}, 66004)
# expect: plain() got multiple values for argument 'p0'
# expect: 66000 66000 [0, 66000] ['a', 6]
# expect: positional() takes from 0 to 66000 positional arguments but 66001 were given
# expect: 66000 66000 66000
