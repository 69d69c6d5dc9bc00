# An exception from __exit__ replaces the body's, which becomes its context.
class M:
    def __enter__(self): return self
    def __exit__(self, *a): raise KeyError("exit")
try:
    with M():
        raise ValueError("body")
except KeyError as e:
    print(repr(e), repr(e.__context__))  # expect: KeyError('exit') ValueError('body')
class T:
    def __enter__(self): return self
    def __exit__(self, *a): return []
try:
    with T():
        1 / 0
except ZeroDivisionError:
    print("a false answer lets it go on")  # expect: a false answer lets it go on
