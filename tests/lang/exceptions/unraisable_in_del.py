# An exception in __del__ is reported and goes no further.
class A:
    def __del__(self):
        raise ValueError("in del")
    def __repr__(self):
        return "<A>"
a = A()
del a
print("goes on")  # expect: goes on
# expect stderr: Exception ignored in: <function A.__del__ at 0x7f87635ac540>
# expect stderr: Traceback (most recent call last):
# expect stderr:   File "unraisable_in_del.py", line 4, in __del__
# expect stderr:     raise ValueError("in del")
# expect stderr: ValueError: in del
