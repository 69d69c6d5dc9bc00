# and and or give one of their operands, and stop early.
print(0 or "a", "" or [] or {}, 1 and "b", None and 1 / 0, 1 or 1 / 0)  # expect: a {} b None 1
print(not 0, not "x", not not [])  # expect: True False False
print((1 and 0) or 2, 1 if [] else 2)  # expect: 2 2
def f():
    print("called", end=" ")
    return ""
print(f() or f() or "end")  # expect: called called end
