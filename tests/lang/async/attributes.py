# A coroutine tells its state.
import inspect
async def f():
    class A:
        def __await__(self): yield
    await A()
c = f()
print(c.__name__, c.cr_running, c.cr_await, inspect.getcoroutinestate(c))  # expect: f False None CORO_CREATED
c.send(None)
print(inspect.getcoroutinestate(c), c.cr_await is not None)  # expect: CORO_SUSPENDED True
c.close()
print(inspect.getcoroutinestate(c), c.cr_frame)  # expect: CORO_CLOSED None
print(inspect.iscoroutinefunction(f), inspect.isasyncgenfunction(f))  # expect: True False
