# classmethod and staticmethod keep what they wrap.
def f(*a):
    "doc"
    return a
s, c = staticmethod(f), classmethod(f)
print(s(1), s.__func__ is f, s.__wrapped__ is f, s.__name__, c.__doc__, c.__func__ is f, s)
try:
    c(1)
except TypeError as e:
    print(e)
for t in (staticmethod, classmethod):
    try:
        t()
    except TypeError as e:
        print(e)
# expect: (1,) True True f doc True <staticmethod(<function f at 0x7f48e17204a0>)>
# expect: 'classmethod' object is not callable
# expect: staticmethod expected 1 argument, got 0
# expect: classmethod expected 1 argument, got 0
