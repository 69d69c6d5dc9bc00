# A guard is evaluated after binding, and only if the pattern matched.
def say(x):
    print("guard", x)
    return x > 1
for subject in ([1], [2], "x"):
    match subject:
        case [n] if say(n): print("first", n)
        case [n]: print("second", n)
        case _: print("none")
# expect: guard 1
# expect: second 1
# expect: guard 2
# expect: first 2
# expect: none
