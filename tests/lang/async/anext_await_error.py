# Whatever __await__ of what __anext__ gives raises is the cause of a TypeError of async for.
class Values:
    def __aiter__(self):
        return self

    def __anext__(self):
        return self

    def __await__(self):
        1 / 0


async def main():
    async for _ in Values():
        pass


try:
    main().send(None)
except TypeError as e:
    print(e)  # expect: 'async for' received an invalid object from __anext__: Values
    print(repr(e.__cause__))  # expect: ZeroDivisionError('division by zero')
