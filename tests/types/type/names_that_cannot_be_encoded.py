# A class's name and doc can be encoded; __classcell__ may be the name of a slot.
def attempt(function):
    try:
        function()
    except (ValueError, TypeError) as e:
        print(type(e).__name__, e)


A = type("A", (), {})
attempt(lambda: type("A\udcdc", (), {}))
# expect: UnicodeEncodeError 'utf-8' codec can't encode character '\udcdc' in position 1: surrogates not allowed
attempt(lambda: type("A", (), {"__doc__": "\udcdc"}))
# expect: UnicodeEncodeError 'utf-8' codec can't encode character '\udcdc' in position 0: surrogates not allowed
attempt(lambda: setattr(A, "__name__", "\udcdc"))
# expect: UnicodeEncodeError 'utf-8' codec can't encode character '\udcdc' in position 0: surrogates not allowed
attempt(lambda: type("A\0", (), {}))    # expect: ValueError type name must not contain null characters
attempt(lambda: format(object(), 4))    # expect: TypeError format() argument 2 must be str, not int


class Cell:
    __slots__ = ["__classcell__"]

    def __init__(self):
        super().__init__()
        self.__classcell__ = 42


print(Cell().__classcell__)             # expect: 42
