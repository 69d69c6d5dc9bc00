# Threads start, and hand back what they made.
import _thread
done = []
def work(number, lock):
    try:
        done.append([number] * number)
    finally:
        lock.release()
locks = [_thread.allocate_lock() for _ in range(3)]
for number, lock in enumerate(locks):
    lock.acquire()
    _thread.start_new_thread(work, (number, lock))
for lock in locks:
    lock.acquire(timeout=1)     # one that fails before it runs releases nothing
if len(done) < 3:
    raise MemoryError("of a thread")
print(sorted(done))  # expect: [[], [1], [2, 2]]
