# A class body reads a free name from its namespace first, then from where it is bound.
x = "global"

def f():
    x = "enclosing"
    class A:
        y = x
        x = "class"
        z = x
    return A.y, A.z

print(f())  # expect: ('global', 'class')

class B:
    y = x
    x = "class"
    z = x

print(B.y, B.z)  # expect: global class
