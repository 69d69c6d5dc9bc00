# Enumerations and flags.
from enum import Enum, Flag, auto
class Colour(Enum):
    RED = 1
    GREEN = auto()
    ALSO = 1
    @property
    def low(self): return self.name.lower()
class Mode(Flag):
    R = 4
    W = 2
    RW = R | W
print(list(Colour), Colour(2).low, Colour["ALSO"], Mode.R | Mode.W, ~Mode.R, Mode(6) & Mode.W)
# expect: [<Colour.RED: 1>, <Colour.GREEN: 2>] green Colour.RED Mode.RW Mode.W Mode.W
try:
    Colour(9)
except ValueError as e:
    print(e)  # expect: 9 is not a valid Colour
