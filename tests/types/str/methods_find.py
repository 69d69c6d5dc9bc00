# find, index, count, startswith and their ranges.
s = "abcabc"
print(s.find("c"), s.rfind("c"), s.find("c", 3), s.find("x"), s.find("", 3), s.find("", 9), s.rfind(""), s.find("a", -3), s.find("b", 2, 4))  # expect: 2 5 5 -1 3 -1 6 3 -1
print(s.index("b"), s.rindex("b"), s.count("abc"), s.count(""), s.count("a", 1), "aaaa".count("aa"))  # expect: 1 4 2 7 1 2
print(s.startswith("ab"), s.startswith(("x", "a")), s.startswith("b", 1), s.endswith("bc"), s.endswith("b", 0, 2), s.startswith(""), s.startswith("", 9), "bc" in s, "" in s)  # expect: True True True True True True False True True
for f in (lambda: s.index("x"), lambda: s.rindex("x"), lambda: s.startswith(1), lambda: s.startswith((1,)), lambda: 1 in s, lambda: s.count(), lambda: s.find(None)):
    try:
        f()
    except (ValueError, TypeError) as e:
        print(type(e).__name__, e)  # expect: ValueError substring not found
        # expect: ValueError substring not found
        # expect: TypeError startswith first arg must be str or a tuple of str, not int
        # expect: TypeError tuple for startswith must only contain str, not int
        # expect: TypeError 'in <string>' requires string as left operand, not int
        # expect: TypeError count() takes at least 1 argument (0 given)
        # expect: TypeError must be str, not NoneType
