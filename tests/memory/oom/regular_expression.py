# A regular expression.
import re
print(re.findall(r'(\w)(\d+)', 'a1 b22 c'), re.sub('x+', 'y', 'axxb'))  # expect: [('a', '1'), ('b', '22')] ayb
