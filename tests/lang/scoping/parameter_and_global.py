# A parameter cannot be declared global.
def f(x):
    global x  # expect error: SyntaxError: name 'x' is parameter and global
