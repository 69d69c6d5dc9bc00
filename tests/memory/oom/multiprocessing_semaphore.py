# Named semaphores and shared memory.
import _multiprocessing, _posixshmem, mmap, os
name = "/ounce-oom-%d" % os.getpid()
lock = _multiprocessing.SemLock(1, 2, 3, name, True)
with lock:
    print(lock._count(), lock.acquire(False), lock._get_value())  # expect: 1 True 0
lock.release()
fd = _posixshmem.shm_open(name, os.O_CREAT | os.O_RDWR, 0o600)
try:
    _posixshmem.shm_unlink(name)
except FileNotFoundError:
    pass                        # done in a fork of this program
os.ftruncate(fd, 4096)
with mmap.mmap(fd, 4096) as shared:
    shared[:5] = b"bytes"
    print(shared[:6], shared.find(b"s"))  # expect: b'bytes\x00' 4
os.close(fd)
