# An opening bracket that is never closed is named.
x = (1,
     2
y = 3
# expect stderr:   File "unclosed_bracket.py", line 2
# expect stderr:     x = (1,
# expect stderr:         ^
# expect stderr: SyntaxError: '(' was never closed
# expect exit: 1
