# Data of a thread's own: subclasses with __init__, attributes, deletion.
from _thread import _local
class Counted(_local):
    kind = "counted"
    def __init__(self, start): self.value = [start]
data = Counted(5)
data.value.append(6)
data.more = {"a": 1}
print(data.value, data.kind, sorted(data.__dict__))  # expect: [5, 6] counted ['more', 'value']
del data.more
try:
    data.more
except AttributeError as e:
    print(e)  # expect: 'Counted' object has no attribute 'more'
