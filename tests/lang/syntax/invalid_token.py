# A plain error points at the token that does not fit.
x = 1 +* 2
# expect stderr:   File "invalid_token.py", line 2
# expect stderr:     x = 1 +* 2
# expect stderr:            ^
# expect stderr: SyntaxError: invalid syntax
# expect exit: 1
