# The messages of calls to builtin functions that do not fit.
def attempt(call):
    try:
        call()
    except TypeError as e:
        print(e)
attempt(lambda: len())  # expect: len() takes exactly one argument (0 given)
attempt(lambda: len(1, 2))  # expect: len() takes exactly one argument (2 given)
attempt(lambda: len(x=1))  # expect: len() takes no keyword arguments
attempt(lambda: len(5))  # expect: object of type 'int' has no len()
attempt(lambda: ord("ab"))  # expect: ord() expected a character, but string of length 2 found
attempt(lambda: abs("x"))  # expect: bad operand type for abs(): 'str'
attempt(lambda: [].append())  # expect: list.append() takes exactly one argument (0 given)
attempt(lambda: [].append(1, 2))  # expect: list.append() takes exactly one argument (2 given)
attempt(lambda: [].append(x=1))  # expect: list.append() takes no keyword arguments
attempt(lambda: [].sort(1))  # expect: sort() takes no positional arguments
attempt(lambda: [].sort(bad=1))  # expect: 'bad' is an invalid keyword argument for sort()
attempt(lambda: "".join())  # expect: str.join() takes exactly one argument (0 given)
attempt(lambda: "".join(1))  # expect: can only join an iterable
attempt(lambda: {}.get())  # expect: get expected at least 1 argument, got 0
attempt(lambda: isinstance(1))  # expect: isinstance expected 2 arguments, got 1
attempt(lambda: print(bad=1))  # expect: 'bad' is an invalid keyword argument for print()
attempt(lambda: sorted())  # expect: sorted expected 1 argument, got 0
attempt(lambda: int("1", bad=1))  # expect: 'bad' is an invalid keyword argument for int()
attempt(lambda: list.append(1, 2))  # expect: descriptor 'append' for 'list' objects doesn't apply to a 'int' object
attempt(lambda: list.append())  # expect: unbound method list.append() needs an argument
attempt(lambda: str.upper(5))  # expect: descriptor 'upper' for 'str' objects doesn't apply to a 'int' object
import os
attempt(lambda: os.fchmod(1, 2, 3))  # expect: fchmod() takes at most 2 arguments (3 given)
attempt(lambda: os.fchmod(fd=1, mode=2, bad=3))  # expect: fchmod() takes at most 2 keyword arguments (3 given)
