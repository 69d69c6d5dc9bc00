# A SyntaxError carries file, line, columns and text.
try:
    compile("x = 1\ny = (2 +\n", "name.py", "exec")
except SyntaxError as e:
    print(e.filename, e.lineno, e.offset, e.end_lineno, e.end_offset, repr(e.text))  # expect: name.py 2 5 2 0 'y = (2 +\n'
    print(e.args)  # expect: ("'(' was never closed", ('name.py', 2, 5, 'y = (2 +\n', 2, 0))
    print(str(e))  # expect: '(' was never closed (name.py, line 2)
try:
    compile("a b", "n", "eval")
except SyntaxError as e:
    print(e.print_file_and_line, repr(e.text), e)  # expect: None 'a b' invalid syntax (n, line 1)
print(SyntaxError("m").msg, SyntaxError("m", ("f", 1, 2, "t")).filename)  # expect: m f
