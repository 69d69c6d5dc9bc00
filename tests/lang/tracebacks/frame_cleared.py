# A cleared frame has no variables left, those of the functions around it neither; a traceback lists its own names.
import warnings


def outer():
    x = 5

    def inner():
        y = x
        1 / 0

    inner()


try:
    outer()
except ZeroDivisionError as e:
    traceback = e.__traceback__
print(sorted(dir(traceback)))  # expect: ['tb_frame', 'tb_lasti', 'tb_lineno', 'tb_next']
frame = traceback.tb_next.tb_next.tb_frame
print(frame.f_locals)  # expect: {'y': 5, 'x': 5}
frame.clear()
print(frame.f_locals)  # expect: {}


async def never():
    pass


coroutine = never()
with warnings.catch_warnings(record=True) as caught:
    warnings.simplefilter("always")
    coroutine.cr_frame.clear()
    coroutine.close()
    del coroutine
print([str(w.message) for w in caught])  # expect: ["coroutine 'never' was never awaited"]
