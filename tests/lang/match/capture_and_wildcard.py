# A name captures anything, and stays bound after the match; _ binds nothing.
match 5:
    case x if x > 10:
        print("big")
    case y:
        print("captured", y)  # expect: captured 5
print(x, y)  # expect: 5 5
try:
    match 1:
        case _: pass
    _
except NameError as e:
    print(e)  # expect: name '_' is not defined
