# An exception while another is handled shows both.
def f():
    try:
        int("x")
    except ValueError:
        [].pop()

f()
# expect stderr: Traceback (most recent call last):
# expect stderr:   File "during_handling.py", line 4, in f
# expect stderr:     int("x")
# expect stderr: ValueError: invalid literal for int() with base 10: 'x'
# expect stderr:
# expect stderr: During handling of the above exception, another exception occurred:
# expect stderr:
# expect stderr: Traceback (most recent call last):
# expect stderr:   File "during_handling.py", line 8, in <module>
# expect stderr:     f()
# expect stderr:   File "during_handling.py", line 6, in f
# expect stderr:     [].pop()
# expect stderr: IndexError: pop from empty list
# expect exit: 1
