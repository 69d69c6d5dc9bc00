# Dropping a very deep structure does not overflow the stack.
a = None
for _ in range(1_000_000):
    a = [a]
del a
class Node:
    def __init__(self, next): self.next = next
n = None
for _ in range(300_000):
    n = Node(n)
n = None
d = ()
for _ in range(300_000):
    d = (d, {1: d})
del d
print("done")  # expect: done
