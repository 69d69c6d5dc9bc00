# An AttributeError from what ** reads of a mapping says that it is no mapping; other errors pass.
class Mapping:
    def __init__(self, where, error):
        self.where = where
        self.error = error

    def keys(self):
        if self.where == "keys":
            raise self.error
        return self if self.where == "iter" else ["a"]

    def __iter__(self):
        raise self.error

    def __getitem__(self, key):
        raise self.error


class Property:
    @property
    def keys(self):
        raise AttributeError("from the property")


def f(**keywords):
    return keywords


def show(call):
    try:
        print(call())
    except Exception as e:
        print(type(e).__name__, e, e.__context__)


for where in "keys", "iter", "item":
    m = Mapping(where, AttributeError("inside"))
    show(lambda: f(**m))
    show(lambda: f(b=1, **m))
    show(lambda: {**m})
    show(lambda: dict(m))
# expect: TypeError __main__.f() argument after ** must be a mapping, not Mapping None
# expect: TypeError __main__.f() argument after ** must be a mapping, not Mapping None
# expect: TypeError 'Mapping' object is not a mapping None
# expect: AttributeError inside None
# expect: TypeError __main__.f() argument after ** must be a mapping, not Mapping None
# expect: TypeError __main__.f() argument after ** must be a mapping, not Mapping None
# expect: TypeError 'Mapping' object is not a mapping None
# expect: AttributeError inside None
# expect: TypeError __main__.f() argument after ** must be a mapping, not Mapping None
# expect: TypeError __main__.f() argument after ** must be a mapping, not Mapping None
# expect: TypeError 'Mapping' object is not a mapping None
# expect: AttributeError inside None

show(lambda: f(**Mapping("keys", ValueError("inside"))))    # expect: ValueError inside None
show(lambda: {**Mapping("item", KeyError("inside"))})       # expect: KeyError 'inside' None
show(lambda: f(**Property()))   # expect: TypeError __main__.f() argument after ** must be a mapping, not Property None
show(lambda: {**5})             # expect: TypeError 'int' object is not a mapping None
