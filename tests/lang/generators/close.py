# close raises GeneratorExit at the yield; a generator that yields then is an error.
def f():
    try:
        yield 1
    except GeneratorExit:
        print("closing")
        raise

g = f()
next(g)
print(g.close())  # expect: closing
# expect: None
print(g.close())  # expect: None

def stubborn():
    try:
        yield 1
    except GeneratorExit:
        yield 2

g = stubborn()
next(g)
try:
    g.close()
except RuntimeError as e:
    print(e)  # expect: generator ignored GeneratorExit
never = f()
print(never.close(), list(never))  # expect: None []
