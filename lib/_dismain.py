# SPDX-License-Identifier: MIT
"""What `ounce -m dis [file]` runs: the library's dis, which shows Ounce's instructions once it was imported."""
import dis
import sys

if __name__ == "__main__":
    sys.argv[0] = dis.__file__
    dis._test()
