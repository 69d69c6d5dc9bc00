# replace, translate and maketrans.
print("aaa".replace("a", "bb"), "aaa".replace("a", "b", 2), "abc".replace("", "-"), "abc".replace("", "-", 2), "abc".replace("x", "y"), "".replace("", "x"), "".replace("", "x", 0))  # expect: bbbbbb bba -a-b-c- -a-bc abc x
t = str.maketrans("ab", "xy", "c")
print("abcabc".translate(t), t, "abc".translate({97: None, 98: "BB", 99: 100}), str.maketrans({"a": 1, 98: "z"}))  # expect: xyxy {97: 120, 98: 121, 99: None} BBd {97: 1, 98: 'z'}
class T:
    def __getitem__(self, k): raise LookupError
print("abc".translate(T()))  # expect: abc
for f in (lambda: str.maketrans("ab", "x"), lambda: str.maketrans("a"), lambda: str.maketrans({"ab": 1}), lambda: "a".translate({97: 0x110000}), lambda: "a".translate({97: 1.5}), lambda: "a".replace("a", 1)):
    try:
        f()
    except (ValueError, TypeError) as e:
        print(type(e).__name__, e)  # expect: ValueError the first two maketrans arguments must have equal length
        # expect: TypeError if you give only one argument to maketrans it must be a dict
        # expect: ValueError string keys in translate table must be of length 1
        # expect: ValueError character mapping must be in range(0x110000)
        # expect: TypeError character mapping must return integer, None or str
        # expect: TypeError replace() argument 2 must be str, not int
