# What patterns may not say.
def attempt(cases):
    try:
        compile("match x:\n  case " + cases + ": pass", "<text>", "exec")
    except SyntaxError as e:
        print(e.msg)

attempt("a: pass\n  case b")  # expect: name capture 'a' makes remaining patterns unreachable
attempt("a | 1")  # expect: name capture 'a' makes remaining patterns unreachable
attempt("[a, a]")  # expect: multiple assignments to name 'a' in pattern
attempt("1 | [b]")  # expect: alternative patterns bind different names
attempt("[*a, *b]")  # expect: multiple starred names in sequence pattern
attempt("{**a, 'b': 1}")  # expect: invalid syntax
attempt("{**_}")  # expect: invalid syntax
attempt("C(a=1, a=2)")  # expect: attribute name repeated in class pattern: a
attempt("C(a=1, 2)")  # expect: positional patterns follow keyword patterns
attempt("{1: a, 1: b}")  # expect: mapping pattern checks duplicate key (1)
attempt("_ | 1")  # expect: wildcard makes remaining patterns unreachable
attempt("x as _")  # expect: cannot use '_' as a target
attempt("x as a.b")  # expect: invalid syntax
attempt("f'x'")  # expect: patterns may only match literals and attribute lookups
attempt("1 + 2")  # expect: imaginary number required in complex literal
attempt("-a")  # expect: invalid syntax
