# What fails natively while an object dies is reported with the line that let it die.
def stubborn():
    while True:
        try:
            yield
        except GeneratorExit:
            pass


def drop():
    g = stubborn()
    next(g)
    del g


drop()
# expect stderr: Exception ignored in: <generator object stubborn at 0x...>
# expect stderr: Traceback (most recent call last):
# expect stderr:   File "unraisable_place.py", line 13, in drop
# expect stderr:     del g
# expect stderr:         ^
# expect stderr: RuntimeError: generator ignored GeneratorExit
