# Output that cannot be written at the end makes the exit status 120.
import os

os.close(1)
print("lost")
# expect stderr: Exception ignored in: <_io.TextIOWrapper name='<stdout>' mode='w' encoding='utf-8'>
# expect stderr: OSError: [Errno 9] Bad file descriptor
# expect exit: 120
