# finally runs however the try is left; its own return wins.
def f(how):
    try:
        if how == "return": return "try"
        if how == "raise": raise ValueError
    except ValueError:
        return "except"
    else:
        return "else"
    finally:
        print("finally", how, end="; ")

for how in ("return", "raise", "fall"):
    print(f(how))  # expect: finally return; try
    # expect: finally raise; except
    # expect: finally fall; else

def g():
    try:
        return "try"
    finally:
        return "finally"
print(g())  # expect: finally
def h():
    for i in range(3):
        try:
            if i == 1: continue
            if i == 2: break
            print("body", i)
        finally:
            print("finally", i)
    return i
print(h())  # expect: body 0
# expect: finally 0
# expect: finally 1
# expect: finally 2
# expect: 2
def swallow():
    while True:
        try:
            1 / 0
        finally:
            break
    return "swallowed"
print(swallow())  # expect: swallowed
