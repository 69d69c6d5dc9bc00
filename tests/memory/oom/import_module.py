# Importing modules of our own.
import math, sys
print(math.sqrt(16), 'math' in sys.modules)  # expect: 4.0 True
