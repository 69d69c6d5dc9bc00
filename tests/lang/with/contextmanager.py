# A generator as a context manager.
from contextlib import contextmanager
@contextmanager
def tag(name):
    print("<" + name)
    try:
        yield name
    except ValueError:
        print("caught")
    finally:
        print(name + ">")
with tag("a") as t:
    print(t)
# expect: <a
# expect: a
# expect: a>
with tag("b"):
    raise ValueError
# expect: <b
# expect: caught
# expect: b>
