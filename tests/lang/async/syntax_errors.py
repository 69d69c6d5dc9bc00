# Where await and its kind may stand.
def attempt(text):
    try:
        compile(text, "<text>", "exec")
        print("ok")
    except SyntaxError as e:
        print(e.msg)
attempt("await x")  # expect: 'await' outside function
attempt("def f(): await x")  # expect: 'await' outside async function
attempt("def f():\n async with x: pass")  # expect: 'async with' outside async function
attempt("def f():\n async for x in y: pass")  # expect: 'async for' outside async function
attempt("def f(): return [x async for x in y]")  # expect: asynchronous comprehension outside of an asynchronous function
attempt("async def f():\n def g(): await x")  # expect: 'await' outside async function
attempt("async x = 1")  # expect: invalid syntax
attempt("await = 1")  # expect: invalid syntax
attempt("def async(): pass")  # expect: invalid syntax
