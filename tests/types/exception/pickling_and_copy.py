# Exceptions are rebuilt from their args.
import copy
class E(Exception):
    def __init__(self, a, b):
        super().__init__(a, b)
        self.extra = a + b
e = copy.copy(E(1, 2))
print(e.args, e.extra, type(e).__name__)  # expect: (1, 2) 3 E
k = ValueError("m")
k.note = "kept"
print(k.__reduce__(), copy.copy(k).note)  # expect: (<class 'ValueError'>, ('m',), {'note': 'kept'}) kept
