# What class patterns refuse.
class A: pass
class B: __match_args__ = 5
class C: __match_args__ = ("x", "x")
class D: __match_args__ = (1,)
class E: __match_args__ = ("x",)
def attempt(f):
    try:
        print(f())
    except TypeError as e:
        print(e)
def a():
    match A():
        case A(1): pass
def b():
    match B():
        case B(1): pass
def c():
    o = C(); o.x = 1
    match o:
        case C(1, 1): pass
def d():
    match D():
        case D(1): pass
def e():
    match E():
        case E(1, 2): pass
def f():
    n = 5
    match 1:
        case n(): pass
def g():
    match 1:
        case int(a, b): pass
def h():
    match E():
        case E(x): return "missing attribute matched"
        case _: return "missing attribute: no match"
def i():
    o = E(); o.x = 1
    match o:
        case E(1, x=1): pass
for each in (a, b, c, d, e, f, g, h, i):
    attempt(each)  # expect: A() accepts 0 positional sub-patterns (1 given)
    # expect: B.__match_args__ must be a tuple (got int)
    # expect: C() got multiple sub-patterns for attribute 'x'
    # expect: __match_args__ elements must be strings (got int)
    # expect: E() accepts 1 positional sub-pattern (2 given)
    # expect: called match pattern must be a type
    # expect: int() accepts 1 positional sub-pattern (2 given)
    # expect: missing attribute: no match
    # expect: E() got multiple sub-patterns for attribute 'x'
