# Source that nests too deeply is refused, not crashed on.
def attempt(text):
    try:
        compile(text, "<text>", "exec")
        print("ok")
    except (SyntaxError, RecursionError, MemoryError) as e:
        print("refused")
attempt("(" * 100 + ")" * 100)  # expect: ok
attempt("(" * 100000 + ")" * 100000)  # expect: refused
attempt("x" + "[0" * 100000)  # expect: refused
attempt("-" * 100000 + "1")  # expect: refused
attempt("not " * 100000 + "1")  # expect: refused
attempt("lambda: " * 100000 + "1")  # expect: refused
attempt("f(" * 190 + ")" * 190)  # expect: ok
attempt("x = " * 50 + "1")  # expect: ok
