# global makes a name of the module out of it, even if it does not exist yet.
def f():
    global made
    made = "by f"

f()
print(made)  # expect: by f

def outer():
    made = "local"
    def inner():
        global made
        made += " and inner"
        return made
    return inner(), made

print(outer())  # expect: ('by f and inner', 'local')
