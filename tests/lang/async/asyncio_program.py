# A program on asyncio's loop: tasks, gather, a queue, a timeout.
import asyncio
async def worker(name, queue, done):
    while True:
        item = await queue.get()
        if item is None: return name
        await asyncio.sleep(0)
        done.append(item * 2)
async def main():
    queue, done = asyncio.Queue(), []
    tasks = [asyncio.create_task(worker(f"w{i}", queue, done)) for i in range(2)]
    for i in range(4): await queue.put(i)
    for _ in tasks: await queue.put(None)
    print(await asyncio.gather(*tasks), sorted(done))
    try:
        await asyncio.wait_for(asyncio.sleep(10), 0.01)
    except asyncio.TimeoutError:
        print("timeout")
    async with asyncio.TaskGroup() as group:
        t = group.create_task(asyncio.sleep(0, "value"))
    print(t.result())
asyncio.run(main())  # expect: ['w0', 'w1'] [0, 2, 4, 6]
# expect: timeout
# expect: value
