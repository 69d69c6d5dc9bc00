# Context variables, and contexts that are copied and run.
from _contextvars import ContextVar, copy_context
names = [ContextVar(f"v{n}", default=n) for n in range(40)]
tokens = [v.set([v.get()]) for v in names]
context = copy_context()
def change():
    for v in names[:20]:
        v.set("changed")
    return len(copy_context())
print(context.run(change), context[names[0]], names[0].get(), len(context), names[39] in context)  # expect: 40 changed [0] 40 True
names[5].reset(tokens[5])
print(names[5].get(), tokens[6].old_value is tokens[6].MISSING, list(context.values())[-1:] != [None])  # expect: 5 True True
