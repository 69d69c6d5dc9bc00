# The messages of calls that do not fit.
def f(a, b, c=1): pass
def g(a, /, b): pass
def h(*, k, l): pass
def i(): pass
def j(a, b, c, d): pass
class C:
    def m(self, x): pass
def attempt(call):
    try:
        call()
    except TypeError as e:
        print(e)
attempt(lambda: f())  # expect: f() missing 2 required positional arguments: 'a' and 'b'
attempt(lambda: f(1))  # expect: f() missing 1 required positional argument: 'b'
attempt(lambda: f(1, 2, 3, 4))  # expect: f() takes from 2 to 3 positional arguments but 4 were given
attempt(lambda: f(1, 2, d=4))  # expect: f() got an unexpected keyword argument 'd'
attempt(lambda: f(1, 2, a=4))  # expect: f() got multiple values for argument 'a'
attempt(lambda: g(a=1, b=2))  # expect: g() got some positional-only arguments passed as keyword arguments: 'a'
attempt(lambda: h())  # expect: h() missing 2 required keyword-only arguments: 'k' and 'l'
attempt(lambda: h(k=1))  # expect: h() missing 1 required keyword-only argument: 'l'
attempt(lambda: h(1, k=1, l=2))  # expect: h() takes 0 positional arguments but 1 positional argument (and 2 keyword-only arguments) were given
attempt(lambda: i(1))  # expect: i() takes 0 positional arguments but 1 was given
attempt(lambda: i(x=1))  # expect: i() got an unexpected keyword argument 'x'
attempt(lambda: j())  # expect: j() missing 4 required positional arguments: 'a', 'b', 'c', and 'd'
attempt(lambda: C().m())  # expect: C.m() missing 1 required positional argument: 'x'
attempt(lambda: C().m(1, 2))  # expect: C.m() takes 2 positional arguments but 3 were given
attempt(lambda: C.m(1))  # expect: C.m() missing 1 required positional argument: 'x'
attempt(lambda: (lambda x: x)())  # expect: <lambda>.<locals>.<lambda>() missing 1 required positional argument: 'x'
