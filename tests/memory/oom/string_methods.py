# Methods of strings.
print('Hello World'.upper().split(), 'a,b'.replace(',', ';'), 'x'.center(9))  # expect: ['HELLO', 'WORLD'] a;b     x
