# A decimal literal with letters behind it.
x = 12abc
# expect stderr:   File "number_with_letters.py", line 2
# expect stderr:     x = 12abc
# expect stderr:          ^
# expect stderr: SyntaxError: invalid decimal literal
# expect exit: 1
