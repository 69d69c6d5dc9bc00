# raise alone raises what is being handled; outside a handler it is an error.
def f():
    try:
        raise KeyError("k")
    except KeyError:
        try:
            raise ValueError
        except ValueError:
            pass
        raise
try:
    f()
except KeyError as e:
    print(e)  # expect: 'k'
try:
    raise
except RuntimeError as e:
    print(e)  # expect: No active exception to reraise
def helper():
    raise
try:
    try:
        1 / 0
    except ZeroDivisionError:
        helper()
except ZeroDivisionError as e:
    print("from the helper:", e)  # expect: from the helper: division by zero
