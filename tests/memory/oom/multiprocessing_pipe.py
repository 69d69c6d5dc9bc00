# The connections of multiprocessing, and a semaphore, in one process.
from multiprocessing.connection import Pipe
left, right = Pipe()
left.send({"a": [1, 2, 3]})
right.send_bytes(b"x" * 1000)
print(right.poll(), right.recv(), len(left.recv_bytes()))  # expect: True {'a': [1, 2, 3]} 1000
left.close()
try:
    right.recv()
except EOFError as e:
    print(repr(e))  # expect: EOFError()
right.close()
