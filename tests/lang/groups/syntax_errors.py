# except* does not mix with except, takes a type and keeps control flow out.
def attempt(text):
    try:
        compile(text, "<text>", "exec")
    except SyntaxError as e:
        print(e.msg)
attempt("try: pass\nexcept* A: pass\nexcept B: pass")  # expect: cannot have both 'except' and 'except*' on the same 'try'
attempt("try: pass\nexcept*: pass")  # expect: expected one or more exception types
attempt("for x in y:\n try: pass\n except* A: break")  # expect: 'break', 'continue' and 'return' cannot appear in an except* block
attempt("for x in y:\n try: pass\n except* A: continue")  # expect: 'break', 'continue' and 'return' cannot appear in an except* block
attempt("def f():\n try: pass\n except* A: return")  # expect: 'break', 'continue' and 'return' cannot appear in an except* block
attempt("try: pass\nexcept: pass\nexcept A: pass")  # expect: default 'except:' must be last
attempt("try: pass")  # expect: expected 'except' or 'finally' block
attempt("try: pass\nexcept A, B: pass")  # expect: multiple exception types must be parenthesized
