# A file that nobody closed is written when the program ends.
import os
import sys

name = f"/tmp/ounce_exit_{os.getpid()}"
if os.fork() == 0:
    left_open = open(name, "w")
    left_open.write("text that waits in the buffer")
    sys.exit(3)
print(os.waitstatus_to_exitcode(os.wait()[1]))  # expect: 3
print(open(name).read())  # expect: text that waits in the buffer
os.remove(name)
