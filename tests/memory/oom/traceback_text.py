# A traceback as text.
import sys
def f(): 1 / 0
try:
    f()
except ZeroDivisionError as e:
    tb = e.__traceback__
    print(tb.tb_next.tb_frame.f_code.co_name, sys.exc_info()[0].__name__)  # expect: f ZeroDivisionError
