# A keyword that ** and a name, or two keys of a mapping, give twice is an error that names the callee.
def f(*args, **named):
    return args, named


class Pairs:
    """A mapping that may name a key twice."""

    def __init__(self, *pairs):
        self.pairs = pairs

    def keys(self):
        return [key for key, _ in self.pairs]

    def __getitem__(self, key):
        return dict(self.pairs)[key]


def say(call):
    try:
        print(call())
    except TypeError as error:
        print(error)


a = {"k": 1}
say(lambda: f(**a, k=1))                    # expect: __main__.f() got multiple values for keyword argument 'k'
say(lambda: f(k=1, **a))                    # expect: __main__.f() got multiple values for keyword argument 'k'
say(lambda: f(**a, **a))                    # expect: __main__.f() got multiple values for keyword argument 'k'
say(lambda: f(**{1: 2}, **{1: 3}))          # expect: __main__.f() got multiple values for keyword argument '1'
say(lambda: f(**{1: 2}, **{2: 3}))          # expect: keywords must be strings
say(lambda: f(**Pairs(("x", 1), ("y", 2))))     # expect: ((), {'x': 1, 'y': 2})
say(lambda: f(**Pairs(("x", 1), ("x", 2))))     # expect: __main__.f() got multiple values for keyword argument 'x'
say(lambda: f(a=3, **Pairs(("x", 1), ("x", 2))))    # expect: __main__.f() got multiple values for keyword argument 'x'
say(lambda: dict(**Pairs(("x", 1), ("x", 2))))      # expect: dict() got multiple values for keyword argument 'x'
