# Elements whose __eq__ changes the set do not break it.
class E:
    def __hash__(self): return 1
    def __eq__(self, other):
        s.clear()
        return False
s = set()
s.add(E())
print(E() in s, len(s))  # expect: False 0
s = {E()}
print(s == {E()})  # expect: False
t = {1, 2, 3}
try:
    for x in t: t.discard(x)
except RuntimeError as e:
    print(e)  # expect: Set changed size during iteration
