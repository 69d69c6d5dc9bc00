# A mapping pattern uses get: a defaultdict gets no new key.
from collections import defaultdict
d = defaultdict(list)
match d:
    case {"k": v}: print("matched")
    case _: print("no", dict(d))  # expect: no {}
