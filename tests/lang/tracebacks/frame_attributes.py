# Frames: line, names, locals and the way back.
import sys
def inner():
    f = sys._getframe()
    x = 5
    return f.f_code.co_name, f.f_back.f_code.co_name, f.f_lineno, sorted(f.f_locals), f.f_globals is globals()
def outer():
    return inner()
print(outer())
try:
    1 / 0
except ZeroDivisionError as e:
    tb = e.__traceback__
    print(tb.tb_lineno, tb.tb_frame.f_code.co_name, tb.tb_next)
print(sys._getframe().f_back)
# expect: ('inner', 'outer', 6, ['f', 'x'], True)
# expect: 11 <module> None
# expect: None
