# Code compiled as it runs.
exec('x = [i for i in range(3)]')
print(x, eval('x[0] + 1'))  # expect: [0, 1, 2] 1
try:
    compile('a b', 'f', 'exec')
except SyntaxError as e:
    print(e.msg)  # expect: invalid syntax
