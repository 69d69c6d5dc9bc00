# A bare `except:` is a line of its own; an iterator written in Python that ends shows StopIteration.
import sys


class Once:
    left = 1

    def __iter__(self):
        return self

    def __next__(self):
        if not self.left:
            raise StopIteration
        self.left -= 1
        return 1


def traced():
    for item in Once():
        try:
            1 / 0
        except KeyError:
            pass
        except:
            item = None
    item


def tracer(frame, event, argument):
    if frame.f_code is not traced.__code__:
        return None
    print(event, frame.f_lineno - traced.__code__.co_firstlineno, argument[0].__name__ if event == "exception" else "")
    return tracer


sys.settrace(tracer)
traced()
sys.settrace(None)
# expect: call 0 
# expect: line 1 
# expect: line 2 
# expect: line 3 
# expect: exception 3 ZeroDivisionError
# expect: line 4 
# expect: line 6 
# expect: line 7 
# expect: line 1 
# expect: exception 1 StopIteration
# expect: line 8 
# expect: return 8 
