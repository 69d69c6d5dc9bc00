# What inline caches and shapes remember is forgotten when classes and objects change.
import gc
def t(f):
    try: print(f())
    except BaseException as e: print(type(e).__name__,e)
class A:
    def __init__(s): s.x=1
def rd(o): return o.x
def wr(o,v): o.x=v
a=A()
for i in range(200): rd(a); wr(a,i)
A.x=property(lambda s:'prop')
t(lambda:rd(a)); t(lambda:wr(a,3))
# expect: prop
# expect: AttributeError property of 'A' object has no setter
del A.x
t(lambda:rd(a)); wr(a,5); t(lambda:rd(a))
# expect: 199
# expect: 5
A.__getattribute__=lambda s,n:'ga '+n
t(lambda:rd(a)); del A.__getattribute__; t(lambda:rd(a))
# expect: ga x
# expect: 5
A.__setattr__=lambda s,n,v: object.__setattr__(s,n,('sa',v))
wr(a,6); t(lambda:rd(a)); del A.__setattr__; wr(a,7); t(lambda:rd(a))
# expect: ('sa', 6)
# expect: 7
class B:
    def m(s): return 1
b=B()
def call(o): return o.m()
for i in range(100): call(b)
B.m=lambda s:2
t(lambda:call(b)); b.m=lambda:3; t(lambda:call(b)); del b.m; t(lambda:call(b))
# expect: 2
# expect: 3
# expect: 2
class C(B): pass
c=C(); 
for i in range(100): call(c)
B.m=lambda s:4; t(lambda:call(c)); C.m=lambda s:5; t(lambda:call(c)); del C.m; t(lambda:call(c))
# expect: 4
# expect: 5
# expect: 4
class D:
    def m(s): return 'D'
class E(B): pass
e=E()
for i in range(100): call(e)
E.__bases__=(D,)
t(lambda:call(e)); t(lambda:E.__mro__); t(lambda:D.__subclasses__()); t(lambda:B.__subclasses__())
# expect: D
# expect: (<class '__main__.E'>, <class '__main__.D'>, <class 'object'>)
# expect: [<class '__main__.E'>]
# expect: [<class '__main__.C'>]
class K:
    n=0
    def __init__(s): K.n+=1
for i in range(1000): K()
t(lambda:K.n); k=K(); t(lambda:k.n); k.n=5; t(lambda:(k.n,K.n))
# expect: 1000
# expect: 1001
# expect: (5, 1001)
def kn(o): return o.n
t(lambda:[kn(k),kn(K()),kn(K())])
# expect: [5, 1002, 1003]
class G: pass
gs=[]
for i in range(300):
    g=G()
    for j in range(i%20): setattr(g,'a%d'%j,j)
    gs.append(g)
t(lambda:all(getattr(gs[i],'a%d'%j)==j for i in range(300) for j in range(i%20)))
# expect: True
t(lambda:sum(len(vars(g)) for g in gs))
# expect: 2850
t(lambda:sum(len(g.__dict__) for g in gs))
# expect: 2850
t(lambda:all(getattr(gs[i],'a%d'%j)==j for i in range(300) for j in range(i%20)))
# expect: True
g=gs[19]
for j in (5,0,18,7): delattr(g,'a%d'%j)
t(lambda:list(g.__dict__))
# expect: ['a1', 'a2', 'a3', 'a4', 'a6', 'a8', 'a9', 'a10', 'a11', 'a12', 'a13', 'a14', 'a15', 'a16', 'a17']
g.a5='new'; t(lambda:list(vars(g).items())[-2:])
# expect: [('a17', 17), ('a5', 'new')]
d=g.__dict__; d[3]='int key'; t(lambda:len(vars(g))); g.zz=1; t(lambda:3 in d and d['zz']); del d; t(lambda:g.zz); del g.__dict__[3]; t(lambda:g.zz)
# expect: 17
# expect: 1
# expect: 1
# expect: 1
g.__dict__={'q':1}; t(lambda:g.q); t(lambda:hasattr(g,'zz'))
# expect: 1
# expect: False
g.__dict__.clear(); t(lambda:vars(g)); g.w=2; t(lambda:vars(g))
# expect: {}
# expect: {'w': 2}
o=G(); o.self=o.__dict__; t(lambda:o.self is o.__dict__); t(lambda:o.__dict__['self'] is o.__dict__)
# expect: True
# expect: True
dd=o.__dict__; del o; t(lambda:dd['self'] is dd); del dd
# expect: True
import _weakref
def mk():
    class L:
        def f(s): return __class__
        x=property(lambda s:1)
    return L
w=[]
for i in range(50):
    L=mk(); l=L(); l.a=1; L.inst=l; w.append(_weakref.ref(L))
del L,l
gc.collect()
t(lambda:[r() for r in w if r() is not None])
# expect: []
class Dl:
    log=[]
    def __init__(s,n): s.n=n
    def __del__(s): Dl.log.append(s.n)
x=Dl(1); x=Dl(2); del x
t(lambda:Dl.log)
# expect: [1, 2]
def cyc():
    p=Dl(3); p.me=p
cyc(); gc.collect(); t(lambda:Dl.log)
# expect: [1, 2, 3]
class Old:
    pass
o=Old(); o.x=1
class New: 
    def hi(s): return s.x
o.__class__=New; t(lambda:o.hi()); t(lambda:gc.collect()>=0)
# expect: 1
# expect: True
del Old; gc.collect(); t(lambda:o.hi())
# expect: 1
class Sl: __slots__=('a','b')
class Sl2: __slots__=('a','b')
class Sl3: __slots__=('a','c')
s=Sl(); s.a=3
s.__class__=Sl2; t(lambda:s.a)
# expect: 3
def bad(): s.__class__=Sl3
t(bad)
# expect: TypeError __class__ assignment: 'Sl3' object layout differs from 'Sl2'
class Big: pass
b=Big()
for i in range(100): setattr(b,'k%d'%i,i)
t(lambda:sum(vars(b).values())); t(lambda:b.k99); del b.k50; t(lambda:hasattr(b,'k50')); t(lambda:len(dir(b)))
# expect: 4950
# expect: 99
# expect: False
# expect: 126
class Ex(Exception): pass
e=Ex(1); e.note=3; t(lambda:(e.note,e.__dict__)); ve=ValueError(2); ve.z=1; t(lambda:ve.__dict__)
# expect: (3, {'note': 3})
# expect: {'z': 1}
try: raise ve
except ValueError as q: t(lambda:q.z)
# expect: 1
def fn(): pass
fn.attr=1; t(lambda:fn.__dict__); t(lambda:fn.attr)
# expect: {'attr': 1}
# expect: 1

