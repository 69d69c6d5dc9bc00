# A function with many names and constants.
source = 'def f():\n' + ''.join(f'  v{i} = {i} * 1.5\n' for i in range(40)) + '  return v39'
space = {}
exec(source, space)
print(space['f']())  # expect: 58.5
