# SystemExit ends the program with its code, quietly.
import sys
try:
    sys.exit(3)
except SystemExit as e:
    print(e.code)  # expect: 3
print(SystemExit().code, SystemExit("text").code, SystemExit(1, 2).code)  # expect: None text (1, 2)
sys.exit(259)
# expect exit: 3
