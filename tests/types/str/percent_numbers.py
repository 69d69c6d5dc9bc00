# %d asks __int__ first, %x only __index__; a TypeError of theirs is said in the words of the format.
class Both:
    def __int__(self):
        return 5

    def __index__(self):
        return 7


class OnlyIndex:
    def __index__(self):
        return 7


class OnlyFloat:
    def __float__(self):
        return 1.5


class Wrong:
    def __int__(self):
        raise TypeError("own words")

    __index__ = __float__ = __int__


class Broken:
    def __int__(self):
        raise ValueError("own words")

    __index__ = __float__ = __int__


class LoudInt(int):
    def __int__(self):
        return 99


class LoudFloat(float):
    def __int__(self):
        return 99


def show(format, value):
    try:
        print(format % value)
    except Exception as e:
        print(type(e).__name__, e)


for format in "%d", "%x", b"%d", b"%i", b"%x":
    show(format, Both())
    # expect: 5
    # expect: 7
    # expect: b'5'
    # expect: b'5'
    # expect: b'7'
show("%d", OnlyIndex())             # expect: 7
show("%i", OnlyFloat())             # expect: TypeError %i format: a real number is required, not OnlyFloat
show("%d", LoudInt(5))              # expect: 5
show("%d", LoudFloat(5))            # expect: 99
for format in "%d", "%u", "%x", "%c", "%f", b"%i", b"%x", b"%c", b"%f":
    show(format, Wrong())
    # expect: TypeError %d format: a real number is required, not Wrong
    # expect: TypeError %u format: a real number is required, not Wrong
    # expect: TypeError %x format: an integer is required, not Wrong
    # expect: TypeError %c requires int or char
    # expect: TypeError own words
    # expect: TypeError %d format: a real number is required, not Wrong
    # expect: TypeError %x format: an integer is required, not Wrong
    # expect: TypeError %c requires an integer in range(256) or a single byte
    # expect: TypeError float argument required, not Wrong
for format in "%d", "%x", "%c", "%f", b"%d", b"%c", b"%f":
    show(format, Broken())
    # expect: ValueError own words
    # expect: ValueError own words
    # expect: ValueError own words
    # expect: ValueError own words
    # expect: ValueError own words
    # expect: ValueError own words
    # expect: TypeError float argument required, not Broken
