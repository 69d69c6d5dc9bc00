# The attributes of a code object.
def f(a, /, b, *args, c=1, **kw):
    x = 1
    def g(): return x
    return g
c = f.__code__
print(c.co_name, c.co_qualname, c.co_argcount, c.co_posonlyargcount, c.co_kwonlyargcount, c.co_varnames, c.co_cellvars, c.co_freevars, c.co_flags & 0xF, c.co_firstlineno)  # expect: f f 2 1 1 ('a', 'b', 'c', 'args', 'kw', 'g') ('x',) () 15 2
print(c.co_filename.rsplit("/", 1)[-1], [k.co_name for k in c.co_consts if hasattr(k, "co_name")], c == f.__code__, c.replace(co_name="z").co_name, f()().__class__)  # expect error: TypeError: f() missing 2 required positional arguments: 'a' and 'b'
print(sorted({line for _, _, line in c.co_lines() if line}))
