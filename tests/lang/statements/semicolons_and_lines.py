# Statements on one line, continued lines, and blank bodies.
a = 1; b = 2; print(a, b);  # expect: 1 2
if a: print("one line"); print("two")  # expect: one line
# expect: two
c = a + \
    b
print(c); d = (1,  # expect: 3
     2)  # a comment inside
print(d)  # expect: (1, 2)
def f(): pass
class C: ...
print(f(), C.__name__)  # expect: None C
