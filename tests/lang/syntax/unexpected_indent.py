# An indented line without a reason.
x = 1
    y = 2
# expect stderr:   File "unexpected_indent.py", line 3
# expect stderr:     y = 2
# expect stderr: IndentationError: unexpected indent
# expect exit: 1
