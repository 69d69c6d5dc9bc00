# What an ignored exception is reported as: its own traceback, and ": " even without a message.
class Quiet:
    def __del__(self):
        try:
            1 / 0
        except ZeroDivisionError:
            raise KeyError from None


class Chained:
    def __del__(self):
        try:
            1 / 0
        except ZeroDivisionError:
            raise ValueError


Quiet()
Chained()
# expect stderr: Exception ignored in: <function Quiet.__del__ at 0x...>
# expect stderr: Traceback (most recent call last):
# expect stderr:   File "unraisable_message.py", line 7, in __del__
# expect stderr:     raise KeyError from None
# expect stderr: KeyError: 
# expect stderr: Exception ignored in: <function Chained.__del__ at 0x...>
# expect stderr: Traceback (most recent call last):
# expect stderr:   File "unraisable_message.py", line 15, in __del__
# expect stderr:     raise ValueError
# expect stderr: ValueError: 
