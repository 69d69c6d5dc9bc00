# A loop of asyncio with tasks, a queue, an event and a time limit.
# may wait: a task whose waking had no memory sleeps on
import asyncio, sys, warnings
def report(info):
    """A loop that was not made to its end is closed by its __del__."""
    if info.exc_type is not AttributeError:
        sys.__unraisablehook__(info)
sys.unraisablehook = report
warnings.simplefilter("ignore")     # what was never awaited
async def work(queue, name):
    while (item := await queue.get()) is not None:
        await asyncio.sleep(0)
        queue.task_done()
    return name
async def main():
    queue = asyncio.Queue()
    tasks = [asyncio.create_task(work(queue, n)) for n in range(2)]
    for item in (1, 2, 3, None, None):
        await queue.put(item)
    print(await asyncio.gather(*tasks))
    try:
        async with asyncio.timeout(0.001):
            await asyncio.Event().wait()
    except TimeoutError:
        print("late")
asyncio.run(main())
# expect: [0, 1]
# expect: late
