# Suspended generators and coroutines end at exit: their finally blocks run.
class Step:
    def __await__(self):
        yield


def generate():
    try:
        yield
    finally:
        print("generator ends")


async def wait():
    try:
        await Step()
    finally:
        print("coroutine ends")


generator = generate()
next(generator)
coroutine = wait()
coroutine.send(None)
print("last line")  # expect: last line
# expect: generator ends
# expect: coroutine ends
