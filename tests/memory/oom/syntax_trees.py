# Source to syntax tree, changed, compiled; errors; symbol tables.
import _ast, _symtable
tree = compile("""
@d
class A(B, metaclass=M):
    x: int = 1
    async def f(self, a, /, b=2, *c, d, **e):
        async with a as (b, *c): await d
        return {**e, 'k': [i for i in c if i]}
try: pass
except* E as e: raise F from e
match x:
    case A(b=[1, *_]) | {'k': None}: pass
print(f'{x!r:>{w}}', lambda: (yield))
""", "made", "exec", _ast.PyCF_ONLY_AST)
print(len(tree.body), tree.body[0].body[1].args.kwarg.arg, tree.body[-1].value.args[0].values[0].conversion)  # expect: 4 e 114
expression = compile("a + 1", "made", "eval", _ast.PyCF_ONLY_AST)
expression.body.right = _ast.Constant(value=(5, [], "x")[0], lineno=1, col_offset=0, end_lineno=1, end_col_offset=1)
print(eval(compile(expression, "made", "eval"), {"a": 1}))  # expect: 6
table = _symtable.symtable("def f(a):\n    global b\n    def g(): return a\n", "made", "exec")
print(table.children[0].name, sorted(table.children[0].symbols))  # expect: f ['a', 'b', 'g']
for source in ("f(a for", "x = 'abc", "def f(a, a): pass", "a b", "if 1:\n\tx\n        y"):
    try:
        compile(source, "made", "exec")
    except SyntaxError as e:
        print(e.msg, e.lineno)
# expect: '(' was never closed 1
# expect: unterminated string literal (detected at line 1) 1
# expect: duplicate argument 'a' in function definition 1
# expect: invalid syntax 1
# expect: inconsistent use of tabs and spaces in indentation 3
