# Comparison by code points, concatenation, repetition.
print("a" < "b", "a" < "B", "abc" < "abd", "" < "a", "é" > "z", "\U0001f600" > "\uffff", "a" == "a", "a" != "á", sorted(["b", "a", "C", "é"]))  # expect: True False True True True True True True ['C', 'a', 'b', 'é']
print("a" + "é" + "\U0001f600", "ab" * 3, 0 * "a", -1 * "a", "é" * 2)  # expect: aé😀 ababab   éé
for f in (lambda: "a" + 1, lambda: 1 + "a", lambda: "a" * 1.5, lambda: "a" * "b", lambda: "a" < 1, lambda: "a" - "b", lambda: "ab" * 10 ** 20):
    try:
        f()
    except (TypeError, OverflowError, MemoryError) as e:
        print(type(e).__name__, e)  # expect: TypeError can only concatenate str (not "int") to str
        # expect: TypeError unsupported operand type(s) for +: 'int' and 'str'
        # expect: TypeError can't multiply sequence by non-int of type 'float'
        # expect: TypeError can't multiply sequence by non-int of type 'str'
        # expect: TypeError '<' not supported between instances of 'str' and 'int'
        # expect: TypeError unsupported operand type(s) for -: 'str' and 'str'
        # expect: OverflowError cannot fit 'int' into an index-sized integer
