# yield stands in a function only.
def attempt(text):
    try:
        compile(text, "<text>", "exec")
    except SyntaxError as e:
        print(e.msg)

attempt("yield 1")  # expect: 'yield' outside function
attempt("class C: yield 1")  # expect: 'yield' outside function
attempt("[(yield x) for x in y]")  # expect: 'yield' inside list comprehension
attempt("return 1")  # expect: 'return' outside function
attempt("async def f(): yield from x")  # expect: 'yield from' inside async function
attempt("async def f():\n  yield 1\n  return 2")  # expect: 'return' with value in async generator
