# Literal patterns compare with ==, singletons with is.
def f(x):
    match x:
        case 0: return "zero"
        case -1 | 1: return "one"
        case 2.5: return "float"
        case 1 + 2j: return "complex"
        case "a" "b": return "text"
        case b"b": return "bytes"
        case None: return "None"
        case True: return "True"
        case _: return "other"

for x in (0, 0.0, False, 1, True, -1, 2.5, 1 + 2j, "ab", b"b", None, [], "a"):
    print(repr(x), f(x))  # expect: 0 zero
    # expect: 0.0 zero
    # expect: False zero
    # expect: 1 one
    # expect: True one
    # expect: -1 one
    # expect: 2.5 float
    # expect: (1+2j) complex
    # expect: 'ab' text
    # expect: b'b' bytes
    # expect: None None
    # expect: [] other
    # expect: 'a' other
