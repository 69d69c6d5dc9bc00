# exec and eval run in the namespaces that they are given.
space = {"x": 2}
exec("y = x * 3", space)
print(space["y"], "__builtins__" in space)  # expect: 6 True
own = {}
exec("z = x + 1\ndef f(): return x", space, own)
print(own["z"], sorted(own), "z" in space)  # expect: 3 ['f', 'z'] False
print(own["f"]())  # expect: 2
print(eval("x + n", space, {"n": 40}))  # expect: 42
try:
    eval("x = 1")
except SyntaxError as e:
    print(e.msg)  # expect: invalid syntax
