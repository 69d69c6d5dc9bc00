# Operators, conversions and attribute access go to the special methods of the class.
class A:
    def __init__(s,v): s.v=v
    def __add__(s,o): return NotImplemented if o==0 else ('A+',o)
    def __radd__(s,o): return ('+A',o)
    def __lt__(s,o): return 'lt'
    def __hash__(s): return 5
    def __bool__(s): return False
    def __contains__(s,x): return x==3
    def __iter__(s): return iter([1,2])
    def __neg__(s): return 'neg'
    def __int__(s): return 9
    def __float__(s): return 1.5
    def __index__(s): return 2
    def __getitem__(s,k): return ('get',k)
    def __setitem__(s,k,v): s.v=(k,v)
    def __delitem__(s,k): s.v=('del',k)
    def __enter__(s): return 's'
    def __exit__(s,*a): return True
    def __pow__(s,o,m=None): return ('pow',o,m)
    def __rpow__(s,o): return ('rpow',o)
    def __iadd__(s,o): return ('iadd',o)
    def __divmod__(s,o): return 'dm'
    def __matmul__(s,o): return 'mm'
    def __format__(s,f): return 'F'+f
    def __str__(s): return 'strA'
    def __len__(s): return 4
    def __reversed__(s): return 'rev'
    def __round__(s,n=None): return ('round',n)
    def __getattribute__(s,n):
        if n=='magic': return 'M'
        return object.__getattribute__(s,n)
a=A(1)
def t(f):
    try: print(f())
    except BaseException as e: print(type(e).__name__,e)
t(lambda:a+1); t(lambda:a+0); t(lambda:0+a); t(lambda:a<1); t(lambda:a>1); t(lambda:hash(a)); t(lambda:bool(a)); t(lambda:3 in a); t(lambda:4 in a); t(lambda:list(a)); t(lambda:-a); t(lambda:int(a)); t(lambda:float(a)); t(lambda:[10,20,30][a]); t(lambda:a[1:2]); 
# expect: ('A+', 1)
# expect: TypeError unsupported operand type(s) for +: 'A' and 'int'
# expect: ('+A', 0)
# expect: lt
# expect: TypeError '>' not supported between instances of 'A' and 'int'
# expect: 5
# expect: False
# expect: True
# expect: False
# expect: [1, 2]
# expect: neg
# expect: 9
# expect: 1.5
# expect: 30
# expect: ('get', slice(1, 2, None))
def si(): a[1]=2; return a.v
def di(): del a[5]; return a.v
def ia():
    b=a; b+=3; return b
t(si); t(di); t(ia); t(lambda:a**2); t(lambda:pow(a,2,3)); t(lambda:2**a); t(lambda:divmod(a,1)); t(lambda:a@1); t(lambda:format(a,'x')); t(lambda:str(a)); t(lambda:len(a)); t(lambda:reversed(a)); t(lambda:round(a,1)); t(lambda:a.magic); t(lambda:a.nomagic); t(lambda:a*2); t(lambda:f'{a!s:>6}|{a:q}')
# expect: (1, 2)
# expect: ('del', 5)
# expect: ('iadd', 3)
# expect: ('pow', 2, None)
# expect: ('pow', 2, 3)
# expect: ('rpow', 2)
# expect: dm
# expect: mm
# expect: Fx
# expect: strA
# expect: 4
# expect: rev
# expect: ('round', 1)
# expect: M
# expect: AttributeError 'A' object has no attribute 'nomagic'
# expect: TypeError unsupported operand type(s) for *: 'A' and 'int'
# expect:   strA|Fq
class B(A):
    def __radd__(s,o): return ('+B',o)
b=B(2)
t(lambda:(a+b)[0]); t(lambda:(b+a)[0]); t(lambda:b==b); t(lambda:a==b); t(lambda:a!=b)
# expect: +B
# expect: A+
# expect: True
# expect: False
# expect: True
class C:
    __hash__=None
    __iter__=None
    __contains__=None
c=C()
t(lambda:hash(c)); t(lambda:iter(c)); t(lambda:1 in c); t(lambda:len(c)); t(lambda:c+1); t(lambda:c()); t(lambda:c[0]); t(lambda:-c); t(lambda:c<c)
# expect: TypeError unhashable type: 'C'
# expect: TypeError 'C' object is not iterable
# expect: TypeError 'C' object is not a container
# expect: TypeError object of type 'C' has no len()
# expect: TypeError unsupported operand type(s) for +: 'C' and 'int'
# expect: TypeError 'C' object is not callable
# expect: TypeError 'C' object is not subscriptable
# expect: TypeError bad operand type for unary -: 'C'
# expect: TypeError '<' not supported between instances of 'C' and 'C'
class D:
    def __eq__(s,o): return True
t(lambda:hash(D())); t(lambda:D()!=1)
# expect: TypeError unhashable type: 'D'
# expect: False
class E:
    def __bool__(s): return 3
    def __len__(s): return -1
    def __hash__(s): return 'x'
    def __int__(s): return 'x'
    def __index__(s): return 1.5
    def __str__(s): return 3
    def __repr__(s): return 4
    def __iter__(s): return 5
    def __float__(s): return 1
    def __contains__(s,x): return 'yes'
    def __call__(s): return s
    def __init__(s,x=None): return x
e=E()
t(lambda:bool(e)); t(lambda:len(e)); t(lambda:hash(e)); t(lambda:int(e)); t(lambda:[1][e]); t(lambda:str(e)); t(lambda:repr(e)); t(lambda:iter(e)); t(lambda:float(e)); t(lambda:1 in e); t(lambda:E(3))
# expect: TypeError __bool__ should return bool, returned int
# expect: ValueError __len__() should return >= 0
# expect: TypeError __hash__ method should return an integer
# expect: TypeError __int__ returned non-int (type str)
# expect: TypeError __index__ returned non-int (type float)
# expect: TypeError __str__ returned non-string (type int)
# expect: TypeError __repr__ returned non-string (type int)
# expect: TypeError iter() returned non-iterator of type 'int'
# expect: TypeError E.__float__ returned non-float (type int)
# expect: True
# expect: TypeError __init__() should return None, not 'int'
class F:
    def __len__(s): return 2**100
t(lambda:len(F()))
# expect: OverflowError cannot fit 'int' into an index-sized integer
class F:
    def __len__(s): return 'x'
t(lambda:len(F())); t(lambda:bool(F()))
# expect: TypeError 'str' object cannot be interpreted as an integer
# expect: TypeError 'str' object cannot be interpreted as an integer
class F:
    def __hash__(s): return 2**100
t(lambda:hash(F())==hash(2**100))
# expect: True
class F:
    def __hash__(s): return -1
t(lambda:hash(F()))
# expect: -2
class G: pass
g=G()
t(lambda:len(g)); G.__len__=lambda s:3; t(lambda:len(g))
# expect: TypeError object of type 'G' has no len()
# expect: 3
class H(G): pass
h=H(); t(lambda:len(h)); G.__len__=lambda s:4; t(lambda:len(h)); del G.__len__; t(lambda:len(h)); H.__add__=lambda s,o:'hadd'; t(lambda:h+1); t(lambda:g+1)
# expect: 3
# expect: 4
# expect: TypeError object of type 'H' has no len()
# expect: hadd
# expect: TypeError unsupported operand type(s) for +: 'G' and 'int'
g.__len__=lambda:9
t(lambda:len(g))
# expect: TypeError object of type 'G' has no len()
class I(int):
    def __lt__(s,o): return 'ilt'
t(lambda:I(3)<4); t(lambda:I(3)>4); t(lambda:I(3)==3); t(lambda:sorted([I(3),I(2)]))
# expect: ilt
# expect: False
# expect: True
# expect: [2, 3]
class L(list):
    def __getitem__(s,i): return 'li'
    def __len__(s): return 99
l=L([1,2]); t(lambda:l[0]); t(lambda:len(l)); t(lambda:l+[3]); t(lambda:l*2); t(lambda:[0]+l); t(lambda:list(l)); t(lambda:l==[1,2]); t(lambda:repr(l))
# expect: li
# expect: 99
# expect: [1, 2, 3]
# expect: [1, 2, 1, 2]
# expect: [0, 1, 2]
# expect: [1, 2]
# expect: True
# expect: [1, 2]
class Dd(dict):
    def __missing__(s,k): return ('miss',k)
t(lambda:Dd()[3]); t(lambda:Dd(a=1)['a']); t(lambda:Dd().get(1))
# expect: ('miss', 3)
# expect: 1
# expect: None
class N:
    def __new__(cls,*a): return 5
    def __init__(s): 1/0
t(lambda:N(1,2))
# expect: 5
class P:
    def __getattr__(s,n):
        if n=='x': return 'dyn'
        raise AttributeError('no '+n)
t(lambda:P().x); t(lambda:P().y); t(lambda:hasattr(P(),'y')); t(lambda:getattr(P(),'y',3))
# expect: dyn
# expect: AttributeError no y
# expect: False
# expect: 3
class Q:
    def __setattr__(s,n,v): object.__setattr__(s,n,v*2)
    def __delattr__(s,n): object.__setattr__(s,n,'deleted')
q=Q(); q.a=3; t(lambda:q.a); del q.a; t(lambda:q.a)
# expect: 6
# expect: deleted
class R:
    def __get__(s,i,o): return ('R',i is None,o.__name__)
class R2(R):
    def __set__(s,i,v): i.__dict__['dd']=v
class S: r=R(); r2=R2()
s=S(); s.__dict__['r']='inst'; s.__dict__['r2']='inst'
t(lambda:s.r); t(lambda:s.r2); t(lambda:S.r); s.r2=7; t(lambda:s.dd); 
# expect: inst
# expect: ('R', False, 'S')
# expect: ('R', True, 'S')
# expect: 7
def dr(): del s.r2
t(dr)
# expect: AttributeError __delete__
class M(type):
    def __len__(c): return 12
    def __getattr__(c,n): return 'meta '+n
    def __iter__(c): return iter('ab')
    def __contains__(c,x): return True
    def __instancecheck__(c,o): return o==3
    def __subclasscheck__(c,o): return True
class T(metaclass=M): pass
t(lambda:len(T)); t(lambda:T.zz); t(lambda:list(T)); t(lambda:1 in T); t(lambda:isinstance(3,T)); t(lambda:isinstance(4,T)); t(lambda:issubclass(int,T)); t(lambda:T().zz)
# expect: 12
# expect: meta zz
# expect: ['a', 'b']
# expect: True
# expect: True
# expect: False
# expect: True
# expect: AttributeError 'T' object has no attribute 'zz'
class U:
    def __class_getitem__(c,i): return (c.__name__,i)
t(lambda:U[3])
# expect: ('U', 3)
class V:
    x=1
    def __init_subclass__(cls,/,tag=None,**k): super().__init_subclass__(**k); cls.tag=tag
class W(V,tag='tt'): pass
t(lambda:W.tag)
# expect: tt
try:
    class X(V,bad=1): pass
except TypeError as ex: print(ex)
# expect: X.__init_subclass__() takes no keyword arguments
print(type('Z',(V,),{'__module__':'m','y':2},tag=4).tag)
# expect: 4
class Y(V):
    x=5
t(lambda:super(Y,Y()).x); t(lambda:super(Y,Y).x)
# expect: 1
# expect: 1

