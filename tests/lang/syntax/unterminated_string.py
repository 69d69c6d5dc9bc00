# A string that does not end on its line.
x = 'abc
# expect stderr:   File "unterminated_string.py", line 2
# expect stderr:     x = 'abc
# expect stderr:         ^
# expect stderr: SyntaxError: unterminated string literal (detected at line 2)
# expect exit: 1
