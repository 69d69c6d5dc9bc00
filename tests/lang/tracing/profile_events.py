# sys.setprofile is told of calls and returns, of native functions too.
import sys


def profiler(frame, event, argument):
    print(frame.f_code.co_name, event, getattr(argument, "__qualname__", argument))


def numbers():
    yield len([1])


def outer():
    values = list(numbers())
    values.append(max(2, 3, key=abs))
    try:
        ord(*["ab"])
    except TypeError:
        pass
    return len(values)


sys.setprofile(profiler)
outer()
sys.setprofile(None)
outer()
# expect: outer call None
# expect: numbers call None
# expect: numbers c_call len
# expect: numbers c_return len
# expect: numbers return 1
# expect: numbers call None
# expect: numbers return None
# expect: outer c_call max
# expect: outer c_return max
# expect: outer c_call list.append
# expect: outer c_return list.append
# expect: outer c_call ord
# expect: outer c_exception ord
# expect: outer c_call len
# expect: outer c_return len
# expect: outer return 2
# expect: <module> c_call setprofile
