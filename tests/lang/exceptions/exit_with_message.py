# sys.exit with a text prints it on stderr and exits with 1.
import sys
sys.exit("it went wrong")
# expect stderr: it went wrong
# expect exit: 1
