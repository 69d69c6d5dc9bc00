# A slice takes bytes, buffers and iterables of ints, but nothing that is a number.
class Index:
    def __index__(self):
        return 3


class Listed(Index):
    def __iter__(self):
        return iter([1, 2])


def attempt(value):
    data = bytearray(b"abcdef")
    try:
        data[1:3] = value
        print(data)
    except (TypeError, ValueError) as e:
        print(e)


for value in 5, 5.0, 1j, True, Index(), Listed(), "x":
    attempt(value)
    # expect: can assign only bytes, buffers, or iterables of ints in range(0, 256)
    # expect: can assign only bytes, buffers, or iterables of ints in range(0, 256)
    # expect: can assign only bytes, buffers, or iterables of ints in range(0, 256)
    # expect: can assign only bytes, buffers, or iterables of ints in range(0, 256)
    # expect: can assign only bytes, buffers, or iterables of ints in range(0, 256)
    # expect: can assign only bytes, buffers, or iterables of ints in range(0, 256)
    # expect: can assign only bytes, buffers, or iterables of ints in range(0, 256)
attempt(None)           # expect: cannot convert 'NoneType' object to bytearray
attempt([300])          # expect: byte must be in range(0, 256)
attempt([7, Index()])   # expect: bytearray(b'a\x07\x03def')
attempt({1: 2})         # expect: bytearray(b'a\x01def')
