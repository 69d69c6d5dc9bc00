# AttributeError and NameError suggest; ImportError of a name says where it looked.
class Truck:
    position = 1
    speed = 2

def f():
    return Truck().positon

try:
    f()
except AttributeError as e:
    import traceback
    print("".join(traceback.format_exception_only(e)), end="")  # expect: AttributeError: 'Truck' object has no attribute 'positon'
Truck().spede
# expect stderr: Traceback (most recent call last):
# expect stderr:   File "import_error_suggestion.py", line 14, in <module>
# expect stderr:     Truck().spede
# expect stderr: AttributeError: 'Truck' object has no attribute 'spede'. Did you mean: 'speed'?
# expect exit: 1
