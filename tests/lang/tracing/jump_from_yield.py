# At the return event of a yield the line may be set at which the generator goes on.
# CPython tells other events when such a generator is resumed, for its stack is off by one then.
# only: ounce
import sys


def traced():
    kept = ["first"]
    got = yield kept
    kept.append("second")
    try:
        kept.append((yield kept))
    except ValueError:
        kept.append("handled")
    yield kept


def jumping(start, to, use):
    """What `use` gets of a generator that goes on at line `to` after the yield in line `start`."""
    first, left = traced.__code__.co_firstlineno, [True]

    def tracer(frame, event, argument):
        if frame.f_code is not traced.__code__:
            return None
        if event == "return" and frame.f_lineno == first + start and left:
            left.clear()
            try:
                frame.f_lineno = first + to
            except ValueError as e:
                print(e)
        return tracer

    sys.settrace(tracer)
    try:
        return use(traced())
    finally:
        sys.settrace(None)


def resumed(generator):
    next(generator)
    return next(generator)


def thrown(generator):
    next(generator)
    next(generator)
    return generator.throw(ValueError)


print(jumping(2, 8, resumed))                       # expect: ['first']
print(jumping(2, 1, lambda g: (next(g), g.close())))  # expect: (['first'], None)
print(jumping(2, 7, resumed))
# expect: can't jump into an 'except' block as there's no exception
# expect: ['first', 'second']
print(jumping(5, 2, thrown))                        # expect: ['first', 'second', 'handled']
print(jumping(5, 8, list)[1:])                      # expect: [['first', 'second'], ['first', 'second']]
