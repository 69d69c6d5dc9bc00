# The target of an augmented assignment is evaluated once.
def f():
    print("f", end=" ")
    return l
def i():
    print("i", end=" ")
    return 0
l = [1]
f()[i()] += 5  # expect: f i [6]
print(l)
class C:
    @property
    def p(self):
        print("get", end=" ")
        return 1
    @p.setter
    def p(self, v): print("set", v)
C().p += 1  # expect: get set 2
