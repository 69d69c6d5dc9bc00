# A generator has its own handled exception; that of its caller shows through.
import sys
def g():
    try:
        raise ValueError
    except ValueError:
        yield sys.exc_info()[0].__name__
        yield sys.exc_info()[0].__name__
    yield sys.exc_info()[0]
it = g()
try:
    raise KeyError
except KeyError:
    print(next(it), sys.exc_info()[0].__name__)  # expect: ValueError KeyError
print(next(it), sys.exc_info()[0])  # expect: ValueError None
print(next(it))  # expect: None
