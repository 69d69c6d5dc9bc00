# sys.excepthook gets the exception that nothing caught.
import sys
def hook(kind, value, traceback):
    print("hook", kind.__name__, value, traceback.tb_lineno)
sys.excepthook = hook
1 / 0
# expect: hook ZeroDivisionError division by zero 6
# expect exit: 1
