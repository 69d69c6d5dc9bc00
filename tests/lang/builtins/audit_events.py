# Hooks are told what a program does, before it happens, and may forbid it.
import gc
import os
import sys

on = False
wanted = ("os.", "open", "compile", "exec", "import", "gc.", "sys._getframe", "object.__setattr__", "builtins.id", "mine")


def hook(event, args):
    if on and event.startswith(wanted):
        print(event, *[repr(arg)[:18] for arg in args])
        if event == "os.rmdir":
            raise PermissionError("forbidden")
        if event == "sys._getframe":
            print(args[0].f_code.co_name)


sys.addaudithook(hook)


class A:
    pass


class B:
    pass


def run(action):
    global on
    on = True
    try:
        action()
    except Exception as error:
        print(type(error).__name__, error)
    on = False


run(lambda: sys.audit("mine", 1, "two"))        # expect: mine 1 'two'
run(lambda: os.rmdir("nowhere"))
# expect: os.rmdir 'nowhere' -1
# expect: PermissionError forbidden
run(lambda: os.mkdir("/nowhere/at/all", 0o700))
# expect: os.mkdir '/nowhere/at/all' 448 -1
# expect: FileNotFoundError [Errno 2] No such file or directory: '/nowhere/at/all'
run(lambda: os.rename("/nowhere/a", "/nowhere/b"))
# expect: os.rename '/nowhere/a' '/nowhere/b' -1 -1
# expect: FileNotFoundError [Errno 2] No such file or directory: '/nowhere/a' -> '/nowhere/b'
run(lambda: open(os.devnull, "rb").close())     # expect: open '/dev/null' 'r' 524288
run(lambda: gc.get_referents([]))               # expect: gc.get_referents ([],)
run(lambda: gc.get_objects(generation=1))       # expect: gc.get_objects 1
run(lambda: setattr(A, "__name__", "C"))        # expect: object.__setattr__ <class '__main__.A '__name__' 'C'
run(lambda: setattr(A, "other", 1))
a = A()
run(lambda: setattr(a, "__class__", B))         # expect: object.__setattr__ <__main__.A object '__class__' <class '__main__.B
print(type(a))                                  # expect: <class '__main__.B'>
code = compile("1", "c", "eval")
run(lambda: eval(code))                         # expect: exec <code object <modu
run(lambda: eval("2"))
# expect: compile b'2' '<string>'
# expect: exec <code object <modu
run(sys._getframe)
# expect: sys._getframe <frame at 0x...
# expect: run


# An Exception raised for sys.addaudithook refuses the hook without a word.
def guard(event, args):
    if event == "sys.addaudithook":
        raise RuntimeError("no more")


sys.addaudithook(guard)
told = []
sys.addaudithook(lambda event, args: told.append(event))
sys.audit("mine")
print(told)                                     # expect: []
