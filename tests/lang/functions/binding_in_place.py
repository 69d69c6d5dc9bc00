# Arguments find their parameters: positional, by name, from * and **, by default.
def f(a, b=2, *c, d, e=5, **g): return (a,b,c,d,e,sorted(g.items()))
print(f(1,d=4)); print(f(1,2,3,4,d=5,e=6,z=7)); print(f(*(1,2,3),**{'d':4,'y':1})); print(f(b=1,a=0,d=9))
def g(a,/,b,**k): return a,b,k
print(g(1,b=2,a=3)); print(g(*[1],**dict(b=2,a=4)))
def h(*a): return a
print(h(), h(1), h(1,2,3), h(*range(3)), h(*range(100))[-1])
def k(**k): return k
print(k(), k(a=1), k(**{'x':1}), len(k(**{'a%d'%i:i for i in range(20)})))
def gen(a,b=3,*c,**d):
    yield a; yield b; yield c; yield d
print(list(gen(1)), list(gen(1,2,3,4,x=1)), list(gen(*(5,6,7))))
def t(fn,*a,**kw):
    try: print(fn(*a,**kw))
    except Exception as e: print(type(e).__name__, e)
t(f); t(f,1); t(g,1); t(g,1,2,3); t(h,x=1); t(k,1); t(g,a=1,b=2); t(lambda a,b:0,1,a=2); t(lambda *,z:0); t(lambda a:0, b=1)
for src in ['f(**1)','f(*1)','f(1,**{1:2})','f(*(1,),**3)','f(1,d=1,**{"d":2})','k(**{1:2})','len(**1)','dict(**{"a":1})','dict(**{1:2})','int(**{"x":1})','print(**{"sep":1})']:
    try: print(src, eval(src))
    except Exception as e: print(src, type(e).__name__, e)
class E(Exception):
    def __init__(self, a, b=2, *, c=3): super().__init__(a); self.b=b; self.c=c
e=E(1); print(repr(e), e.args, e.b, e.c); e=E(1,c=5); print(e.args,e.c); e=E(a=7); print(e.args)
class F(Exception):
    def __init__(self, *a, **k): self.k=k
print(repr(F(1,2,x=3)), F(1,x=2).args, F(1,x=2).k)
class P:
    def __init__(self, a=1, *b, c=2, **d): self.v=(a,b,c,d)
print(P().v, P(1,2,3,c=4,x=5).v, P(*[1,2],**{'z':1}).v)
t(P, 1, a=2)
class M:
    def keys(self): return ['a','d']
    def __getitem__(self,k): return k*2
print(f(**M()))
def deco(fn):
    def w(*a, **kw): return fn(*a, **kw)
    return w
@deco
def area(w,h=2,d=1): return w*h*d
print(area(1),area(1,h=3),area(1,**{'h':3,'d':4}))
# expect: (1, 2, (), 4, 5, [])
# expect: (1, 2, (3, 4), 5, 6, [('z', 7)])
# expect: (1, 2, (3,), 4, 5, [('y', 1)])
# expect: (0, 1, (), 9, 5, [])
# expect: (1, 2, {'a': 3})
# expect: (1, 2, {'a': 4})
# expect: () (1,) (1, 2, 3) (0, 1, 2) 99
# expect: {} {'a': 1} {'x': 1} 20
# expect: [1, 3, (), {}] [1, 2, (3, 4), {'x': 1}] [5, 6, (7,), {}]
# expect: TypeError f() missing 1 required positional argument: 'a'
# expect: TypeError f() missing 1 required keyword-only argument: 'd'
# expect: TypeError g() missing 1 required positional argument: 'b'
# expect: TypeError g() takes 2 positional arguments but 3 were given
# expect: TypeError h() got an unexpected keyword argument 'x'
# expect: TypeError k() takes 0 positional arguments but 1 was given
# expect: TypeError g() missing 1 required positional argument: 'a'
# expect: TypeError <lambda>() got multiple values for argument 'a'
# expect: TypeError <lambda>() missing 1 required keyword-only argument: 'z'
# expect: TypeError <lambda>() got an unexpected keyword argument 'b'
# expect: f(**1) TypeError __main__.f() argument after ** must be a mapping, not int
# expect: f(*1) TypeError __main__.f() argument after * must be an iterable, not int
# expect: f(1,**{1:2}) TypeError keywords must be strings
# expect: f(*(1,),**3) TypeError __main__.f() argument after ** must be a mapping, not int
# expect: f(1,d=1,**{"d":2}) TypeError __main__.f() got multiple values for keyword argument 'd'
# expect: k(**{1:2}) TypeError keywords must be strings
# expect: len(**1) TypeError len() argument after ** must be a mapping, not int
# expect: dict(**{"a":1}) {'a': 1}
# expect: dict(**{1:2}) TypeError keywords must be strings
# expect: int(**{"x":1}) TypeError 'x' is an invalid keyword argument for int()
# expect: print(**{"sep":1}) TypeError sep must be None or a string, not int
# expect: E(1) (1,) 2 3
# expect: (1,) 5
# expect: (7,)
# expect: F(1, 2) (1,) {'x': 2}
# expect: (1, (), 2, {}) (1, (2, 3), 4, {'x': 5}) (1, (2,), 2, {'z': 1})
# expect: TypeError P.__init__() got multiple values for argument 'a'
# expect: ('aa', 2, (), 'dd', 5, [])
# expect: 2 3 12
