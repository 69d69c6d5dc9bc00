# Thread objects with locals and events.
# may wait: a thread without memory for the call of __exit__() keeps the lock of a Condition
import threading
class Thread(threading.Thread):
    """start() waits for the new thread, which may have no memory to say that it runs."""
    def start(self):
        self._started.wait = self.wait_for_start
        super().start()
    def wait_for_start(self):
        if not threading.Event.wait(self._started, 1):
            raise MemoryError("of a thread")
local = threading.local()
ready, results = threading.Event(), []
def work(number):
    local.value = [number]
    if ready.wait(1):
        results.append(local.value)
threads = [Thread(target=work, args=(n,), daemon=True) for n in range(2)]
for thread in threads:
    thread.start()
local.value = "main"
ready.set()
for thread in threads:
    thread.join(1)
if len(results) < 2:
    raise MemoryError("of a thread")
print(sorted(results), local.value, threading.active_count())  # expect: [[0], [1]] main 1
