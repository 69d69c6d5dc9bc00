# A size or flag that cannot be is refused: too big for C, or too big for memory.
import os


def say(function, *arguments, **named):
    try:
        print(function(*arguments, **named))
    except (TypeError, OverflowError, MemoryError, ValueError) as error:
        print(type(error).__name__, error)


say([].sort, reverse="a")           # expect: TypeError 'str' object cannot be interpreted as an integer
say(sorted, [], reverse=None)       # expect: TypeError 'NoneType' object cannot be interpreted as an integer
say(sorted, [1, 2], reverse=2)      # expect: [2, 1]
say([].sort, reverse=2**70)         # expect: OverflowError Python int too large to convert to C int
say("a".ljust, 2**62)               # expect: MemoryError
say("a".zfill, 2**63 - 1)           # expect: MemoryError
say("\u1234".center, 2**62)         # expect: MemoryError
say("a".rjust, 2**64)               # expect: OverflowError Python int too large to convert to C ssize_t
say(b"a".ljust, 2**62)              # expect: MemoryError
say(b"a".center, 2**63 - 1)         # expect: OverflowError byte string is too large
say(bytearray(b"a").ljust, 2**63 - 1)   # expect: MemoryError
say([].insert, 2**64, 1)            # expect: OverflowError Python int too large to convert to C ssize_t
say([1].pop, 2**64)                 # expect: OverflowError Python int too large to convert to C ssize_t
say("a".split, None, 2**64)         # expect: OverflowError Python int too large to convert to C ssize_t
say("a".__mul__, 2**64)             # expect: OverflowError cannot fit 'int' into an index-sized integer
say(os.kill, 2**31, 0)              # expect: OverflowError signed integer is greater than maximum
say(os.kill, -2**40, 0)             # expect: OverflowError signed integer is less than minimum
say(os.kill, 2**70, 0)              # expect: OverflowError Python int too large to convert to C long
say(os.waitpid, 0, 2**31)           # expect: OverflowError signed integer is greater than maximum
say(os.stat, 2**31)                 # expect: OverflowError fd is greater than maximum
say(os.stat, -2**70)                # expect: OverflowError fd is less than minimum
say(open, 2**31)                    # expect: TypeError expected str, bytes or os.PathLike object, not int
