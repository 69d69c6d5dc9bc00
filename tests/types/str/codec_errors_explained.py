# An error of a codec that is nothing but a text names the codec; any other stays as it is.
import codecs


class Mine(RuntimeError):
    pass


class Special(RuntimeError):
    def __init__(self, *args):
        pass


marked = ValueError("marked")
marked.mark = 1
raised = [RuntimeError("a"), Mine("b"), KeyError("c"), TypeError(), Special("d"), marked, ValueError(1), ValueError("x", "y")]


def fail(*_):
    raise raised[0]


def search(name):
    return codecs.CodecInfo(fail, fail) if name == "failing" else None


codecs.register(search)
while raised:
    try:
        "text".encode("failing") if len(raised) % 2 else b"text".decode("failing")
    except Exception as error:
        print(type(error).__name__, error, repr(error.__cause__))
    del raised[0]
# expect: RuntimeError decoding with 'failing' codec failed (RuntimeError: a) RuntimeError('a')
# expect: Mine encoding with 'failing' codec failed (Mine: b) Mine('b')
# expect: KeyError "decoding with 'failing' codec failed (KeyError: 'c')" KeyError('c')
# expect: TypeError encoding with 'failing' codec failed (TypeError: ) TypeError()
# expect: Special d None
# expect: ValueError marked None
# expect: ValueError 1 None
# expect: ValueError ('x', 'y') None
codecs.unregister(search)
