# print() and its flush go through the attributes of the file: a program may put its own over them.
import sys

written, flushed = [], []
sys.stdout.write = written.append
sys.stdout.flush = lambda: flushed.append(1)
print("caught", 1)
print("again", flush=True)
del sys.stdout.write, sys.stdout.flush
print(written, len(flushed))    # expect: ['caught', ' ', '1', '\n', 'again', '\n'] 1
