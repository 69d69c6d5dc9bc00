# A module that fails is not kept; what it imported is.
import sys
try:
    import package.broken
except ZeroDivisionError as e:
    print(e, "package.broken" in sys.modules, "package" in sys.modules)  # expect: division by zero False True
