# Names of a class body are not seen by functions in it.
x = "global"

class C:
    x = "class"
    y = x
    def method(self):
        return x
    generator = (x for _ in range(1))
    first = [x for x in (x, x)]

print(C.y, C().method(), list(C.generator), C.first)  # expect: class global ['global'] ['class', 'class']
