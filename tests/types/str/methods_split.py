# split, rsplit, splitlines, partition and join.
print(" a  b ".split(), "a,b,,c".split(","), "a,b,c".split(",", 1), "a,b,c".rsplit(",", 1), "".split(), "".split(","), " a b c ".split(None, 1), " a b c ".rsplit(None, 1))  # expect: ['a', 'b'] ['a', 'b', '', 'c'] ['a', 'b,c'] ['a,b', 'c'] [] [''] ['a', 'b c '] [' a b', 'c']
print("a\nb\r\nc\rd\x0be\x1cf\u2028g".splitlines(), "a\n\nb\n".splitlines(True), "".splitlines())  # expect: ['a', 'b', 'c', 'd', 'e', 'f', 'g'] ['a\n', '\n', 'b\n'] []
print("a-b-c".partition("-"), "a-b-c".rpartition("-"), "abc".partition("x"), "abc".rpartition("x"))  # expect: ('a', '-', 'b-c') ('a-b', '-', 'c') ('abc', '', '') ('', '', 'abc')
print("-".join("abc"), "-".join([]), "".join(["x"]), ", ".join({"k": 1}))  # expect: a-b-c  x k
for f in (lambda: "a".split(""), lambda: "a".partition(""), lambda: "a".join([1]), lambda: "-".join(["a", 2]), lambda: "a".split(1), lambda: "".join(5)):
    try:
        f()
    except (ValueError, TypeError) as e:
        print(type(e).__name__, e)  # expect: ValueError empty separator
        # expect: ValueError empty separator
        # expect: TypeError sequence item 0: expected str instance, int found
        # expect: TypeError sequence item 1: expected str instance, int found
        # expect: TypeError must be str or None, not int
        # expect: TypeError can only join an iterable
