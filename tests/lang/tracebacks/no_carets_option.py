# -X no_debug_ranges leaves the carets out.
# options: -X no_debug_ranges
x = 1 + (2 / 0)
# expect stderr: Traceback (most recent call last):
# expect stderr:   File "no_carets_option.py", line 3, in <module>
# expect stderr:     x = 1 + (2 / 0)
# expect stderr: ZeroDivisionError: division by zero
# expect exit: 1
