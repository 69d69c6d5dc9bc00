# Functions of atexit belong to the program, not to the module's place in sys.modules.
# What runs it again and again needs sys.modules itself.
# not under: leaks
import atexit
import sys

atexit.register(print, "at the end")
del sys.modules["atexit"]
import atexit as again
again.register(print, "first")
print(again is atexit, again._ncallbacks())
sys.modules.clear()
# expect: False 2
# expect: first
# expect: at the end
