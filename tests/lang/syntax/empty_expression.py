# Where there is nothing at all, the error stands before the first line; a comment is a line.
for source in ("", "# comment", "\n"):
    for mode in ("eval", "single"):
        try:
            compile(source, "name", mode)
        except SyntaxError as e:
            print(mode, e.args)
# expect: eval ('invalid syntax', ('name', 0, 0, '', 0, 0))
# expect: single ('invalid syntax', ('name', 0, 0, '', 0, 0))
# expect: eval ('invalid syntax', ('name', 1, 0, '# comment', 1, 0))
# expect: single ('invalid syntax', ('name', 1, 0, '# comment', 1, 0))
# expect: eval ('invalid syntax', ('name', 1, 0, '\n', 1, 0))
# expect: single ('invalid syntax', ('name', 1, 0, '\n', 1, 0))
