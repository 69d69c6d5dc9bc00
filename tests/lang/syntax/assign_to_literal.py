# What cannot be assigned to is named.
1 = x
# expect stderr:   File "assign_to_literal.py", line 2
# expect stderr:     1 = x
# expect stderr:     ^
# expect stderr: SyntaxError: cannot assign to literal here. Maybe you meant '==' instead of '='?
# expect exit: 1
