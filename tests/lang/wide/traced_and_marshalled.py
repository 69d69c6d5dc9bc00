# Locals that are no registers are seen and changed by tracers, and code with them can be saved.
import marshal
import sys

COUNT = 5000
last = COUNT - 1
source = "def function():\n" + "\n".join(f"  v{i} = {i}" for i in range(COUNT)) + f"""
  w = lambda: v{last - 1}
  x = v{last} + w()
  return x
"""


def tracer(frame, event, argument):
    line = frame.f_lineno - frame.f_code.co_firstlineno
    if frame.f_code.co_name == "function" and (event == "call" or line > COUNT):
        print(event, line - COUNT, len(frame.f_locals), frame.f_locals.get("x"))
        if line == COUNT + 2:
            frame.f_locals[f"v{last}"] = 100
            frame.f_locals[f"v{last - 1}"] = 200
        if line == COUNT + 3 and event == "line":
            frame.f_locals["x"] = -1
    return tracer


def run(code):
    namespace = {}
    exec(code, namespace)
    sys.settrace(tracer)
    print(namespace["function"]())
    sys.settrace(None)


code = compile(source, "source", "exec")
run(code)
copy = marshal.loads(marshal.dumps(code))
run(copy)
print(copy == code)


def fail(source):
    namespace = {}
    exec(source, namespace)
    try:
        namespace["function"]()
    except ZeroDivisionError as error:
        return error.__traceback__.tb_next.tb_frame


frame = fail(source.replace("return x", "1 / 0"))
print(len(frame.f_locals), frame.f_locals["x"], frame.f_locals[f"v{last}"])
frame.clear()
print(frame.f_locals)

# expect: call -5000 0 None
# expect: line 1 5000 None
# expect: line 2 5001 None
# expect: line 3 5002 5199
# expect: return 3 5002 -1
# expect: -1
# expect: call -5000 0 None
# expect: line 1 5000 None
# expect: line 2 5001 None
# expect: line 3 5002 5199
# expect: return 3 5002 -1
# expect: -1
# expect: True
# expect: 5002 9997 4999
# expect: {}
