# sys.exc_info is that of the innermost handler, and restored behind it.
import sys
def now():
    return sys.exc_info()[0] and sys.exc_info()[0].__name__
print(now())  # expect: None
try:
    1 / 0
except ZeroDivisionError:
    print(now())  # expect: ZeroDivisionError
    try:
        {}[1]
    except KeyError:
        print(now())  # expect: KeyError
    print(now())  # expect: ZeroDivisionError
    def g():
        yield now()
    print(next(g()))  # expect: ZeroDivisionError
print(now())  # expect: None
