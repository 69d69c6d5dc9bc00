# Iteration, membership, min, max, reversal.
print(list("aé\U0001f600"), list(reversed("abc")), max("hello"), min("hello"), "ell" in "hello", "é" in "e", [c for c in "ab" for _ in "xy"])  # expect: ['a', 'é', '😀'] ['c', 'b', 'a'] o e True False ['a', 'a', 'b', 'b']
it = iter("ab")
print(next(it), it.__length_hint__(), list(it), next(it, "end"))  # expect: a 1 ['b'] end
