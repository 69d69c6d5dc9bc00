# A loop variable is a variable of the function: closures see its last value.
def make():
    found = []
    for i in range(3):
        def f():
            return i
        found.append(f)
    i = "after"
    return [f() for f in found]

print(make())  # expect: ['after', 'after', 'after']
