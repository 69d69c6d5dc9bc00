# A statement over several lines shows the line where the failing part begins.
value = (1 +
         2 +
         "x"
         )
# expect stderr: Traceback (most recent call last):
# expect stderr:   File "multi_line_statement.py", line 2, in <module>
# expect stderr:     value = (1 +
# expect stderr:              ^^^
# expect stderr: TypeError: unsupported operand type(s) for +: 'int' and 'str'
# expect exit: 1
