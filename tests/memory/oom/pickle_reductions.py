# Pickles by __reduce__, __getstate__ and persistent ids, with recursion and buffers.
import _pickle
class Stream:
    def __init__(self, data=b""): self.data, self.at = data, 0
    def write(self, data): self.data += data
    def read(self, size): self.at += size; return self.data[self.at - size:self.at]
    def readline(self): return self.read(self.data.index(b"\n", self.at) + 1 - self.at)
    def readinto(self, into): into[:] = self.read(len(into)); return len(into)
class Reduced(dict):
    def __reduce__(self): return Reduced, (), {"kept": 1}, None, iter([("key", self.value)])
class Stated:
    def __getstate__(self): return [self.value]
    def __setstate__(self, state): self.value = state[0]
class Named(_pickle.Pickler):
    def persistent_id(self, value): return "the len" if value is len else None
class Finding(_pickle.Unpickler):
    def persistent_load(self, name): return len if name == "the len" else None
reduced, stated = Reduced(), Stated()
reduced.value, stated.value = stated, [reduced]
stated.value.append(stated)
for protocol in (2, 4, 5):
    stream = Stream()
    Named(stream, protocol).dump([reduced, len, "x" * 70000])
    first, second, third = Finding(Stream(stream.data)).load()
    print(type(first).__name__, first.kept, first["key"].value[1] is first["key"], second is len, len(third))
# expect: Reduced 1 True True 70000
# expect: Reduced 1 True True 70000
# expect: Reduced 1 True True 70000
out = []
data = _pickle.dumps(_pickle.PickleBuffer(bytearray(b"outside")), 5, buffer_callback=out.append)
print(bytes(_pickle.loads(data, buffers=out)))  # expect: b'outside'
try:
    _pickle.dumps(lambda: 0)
except _pickle.PicklingError as e:
    print(type(e).__name__)  # expect: PicklingError
