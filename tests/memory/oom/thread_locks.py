# Locks of every kind in one thread: taken, taken again, given back, timed.
import _thread, _queue
lock, again, queue = _thread.allocate_lock(), _thread.RLock(), _queue.SimpleQueue()
with lock:
    print(lock.acquire(False), lock.acquire(timeout=0.001), lock.locked())  # expect: False False True
with again:
    with again:
        print(again._is_owned(), again.acquire(), again.release())  # expect: True True None
for n in range(40):
    queue.put([n])
print([queue.get() for _ in range(39)][-1], queue.qsize(), queue.get_nowait(), queue.empty())  # expect: [38] 1 [39] True
try:
    queue.get(timeout=0.001)
except _queue.Empty as e:
    print(repr(e))  # expect: Empty()
try:
    lock.release()
except RuntimeError as e:
    print(e)  # expect: release unlocked lock
