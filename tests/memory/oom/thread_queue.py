# A queue between two threads, bounded, with tasks done.
# may wait: a thread without memory for the call of __exit__() keeps the lock of a Condition
import _thread, queue
todo, done = queue.Queue(2), queue.SimpleQueue()
def work():
    while (item := todo.get(timeout=1)) is not None:
        done.put([item] * 2)
        todo.task_done()
_thread.start_new_thread(work, ())
try:
    for n in range(5):
        todo.put(n, timeout=1)
    todo.put(None, timeout=1)
    print(sorted(done.get(timeout=1) for _ in range(5)))  # expect: [[0, 0], [1, 1], [2, 2], [3, 3], [4, 4]]
except (queue.Full, queue.Empty):
    raise MemoryError("of a thread") from None
