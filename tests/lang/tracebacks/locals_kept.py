# A traceback keeps the locals of its frames.
def f(a):
    b = a * 2
    raise ValueError
try:
    f(4)
except ValueError as e:
    frame = e.__traceback__.tb_next.tb_frame
    print(frame.f_locals, frame.f_lineno)  # expect: {'a': 4, 'b': 8} 4
    frame.clear()
    print(frame.f_locals)  # expect: {}
