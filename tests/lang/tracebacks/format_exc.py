# The traceback module sees the same as the interpreter prints.
import sys, traceback
def f():
    1 / 0
try:
    f()
except ZeroDivisionError:
    print(traceback.format_exc(), end="")  # expect: Traceback (most recent call last):
    # expect:   File "format_exc.py", line 6, in <module>
    # expect:     f()
    # expect:   File "format_exc.py", line 4, in f
    # expect:     1 / 0
    # expect:     ~~^~~
    # expect: ZeroDivisionError: division by zero
    print(traceback.extract_tb(sys.exc_info()[2])[-1].name)  # expect: f
