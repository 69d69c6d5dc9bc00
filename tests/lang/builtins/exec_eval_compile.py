# compile makes code for exec, eval and single statements.
code = compile("1 + 2", "<c>", "eval")
print(eval(code), code.co_filename, code.co_name)  # expect: 3 <c> <module>
exec(compile("x = 5\nprint(x)", "<c>", "exec"))  # expect: 5
exec(compile("x\nNone\n'text'", "<c>", "exec"))
exec(compile("x * 2", "<c>", "single"))  # expect: 10
for args in [("x =", "f", "eval"), ("1", "f", "bad"), (5, "f", "exec"), ("a; b", "f", "eval"), ("1\n2", "f", "single"), ("1", "f", "exec", 1 << 30)]:
    try:
        compile(*args)
    except (SyntaxError, ValueError, TypeError) as e:
        print(type(e).__name__, getattr(e, "msg", e))  # expect: SyntaxError invalid syntax
        # expect: ValueError compile() mode must be 'exec', 'eval' or 'single'
        # expect: TypeError compile() arg 1 must be a string, bytes or AST object
        # expect: SyntaxError invalid syntax
        # expect: SyntaxError multiple statements found while compiling a single statement
        # expect: ValueError compile(): unrecognised flags
for f, args in [(eval, (5,)), (exec, (None,)), (eval, ("1", 5)), (exec, ("1", {}, 5)), (eval, ("a\0b",))]:
    try:
        f(*args)
    except (TypeError, ValueError, SyntaxError) as e:
        print(type(e).__name__, e)  # expect: TypeError eval() arg 1 must be a string, bytes or code object
        # expect: TypeError exec() arg 1 must be a string, bytes or code object
        # expect: TypeError globals must be a dict
        # expect: TypeError locals must be a mapping or None, not int
        # expect: ValueError source code string cannot contain null bytes
