# What is no context manager is refused with the method that it lacks.
class A:
    def __enter__(self): pass
class B:
    def __exit__(self, *a): pass
for o in (A(), B(), 5):
    try:
        with o: pass
    except TypeError as e:
        print(e)  # expect: 'A' object does not support the context manager protocol (missed __exit__ method)
        # expect: 'B' object does not support the context manager protocol
        # expect: 'int' object does not support the context manager protocol
async def f(o):
    async with o: pass
try:
    f(A()).send(None)
except TypeError as e:
    print(e)  # expect: 'A' object does not support the asynchronous context manager protocol
