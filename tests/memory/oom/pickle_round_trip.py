# A pickle is written and read.
import pickle
class Point:
    def __init__(self, x, y): self.x, self.y = x, y
class Slots:
    __slots__ = ("a",)
slots = Slots(); slots.a = [1]
values = [1, 2 ** 70, 1.5, "text", "\u1234", b"bytes", (1, (2, 3)), {1: "a", 2: "b"}, {1}, frozenset([2]), Point(1, "y"), slots, len, Point]
for protocol in (2, 3, 5):
    data = pickle.dumps(values, protocol)
    back = pickle.loads(data)
    print(back[:10] == values[:10], back[10].y, back[11].a, back[12] is len, back[13] is Point)
    # expect: True y [1] True True
    # expect: True y [1] True True
    # expect: True y [1] True True
