# A dotted name is a value to compare with.
class Color:
    RED = 1
    class Deep:
        BLUE = "blue"
for x in (1, "blue", 2):
    match x:
        case Color.RED: print("red")
        case Color.Deep.BLUE: print("blue")
        case _: print("other", x)
# expect: red
# expect: blue
# expect: other 2
