# Wrong arguments of the gc functions.
import gc
def check(f, *args, **kwargs):
    try:
        print(f(*args, **kwargs))
    except Exception as e:
        print(type(e).__name__, e)
check(gc.collect, 3)
check(gc.collect, -1)
check(gc.collect, "a")
check(gc.collect, 1.5)
check(gc.collect, 0, 1)
check(gc.get_objects, 3)
check(gc.get_objects, -5)
check(gc.get_objects, "a")
check(gc.get_objects, 1.5)
check(gc.set_threshold, "a")
check(gc.is_tracked)
check(gc.is_tracked, 1, 2)
check(gc.enable, 1)
check(gc.freeze, 1)
check(gc.set_debug, "a")
# expect: ValueError invalid generation
# expect: ValueError invalid generation
# expect: TypeError 'str' object cannot be interpreted as an integer
# expect: TypeError 'float' object cannot be interpreted as an integer
# expect: TypeError collect() takes at most 1 argument (2 given)
# expect: ValueError generation parameter must be less than the number of available generations (3)
# expect: ValueError generation parameter cannot be negative
# expect: TypeError argument should be integer or None, not 'str'
# expect: TypeError argument should be integer or None, not 'float'
# expect: TypeError 'str' object cannot be interpreted as an integer
# expect: TypeError gc.is_tracked() takes exactly one argument (0 given)
# expect: TypeError gc.is_tracked() takes exactly one argument (2 given)
# expect: TypeError gc.enable() takes no arguments (1 given)
# expect: TypeError gc.freeze() takes no arguments (1 given)
# expect: TypeError 'str' object cannot be interpreted as an integer
