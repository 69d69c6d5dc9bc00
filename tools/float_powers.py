# SPDX-License-Identifier: MIT
"""Write src/types/float_powers.gen.h: powers of ten as 128-bit mantissas (types/float_digits.c).

Usage: float_powers.py [OUTPUT]
"""
import sys


def mantissa(k):
    """10 ** k scaled by a power of two to 128 bits, rounded up."""
    if k >= 0:
        n = 10 ** k
        shift = 128 - n.bit_length()
        return n << shift if shift >= 0 else -(-n >> -shift)
    n = 10 ** -k
    shift = 127 + n.bit_length()
    result = -(-(1 << shift) // n)
    return result if result < 1 << 128 else -(-(1 << shift - 1) // n)


def text():
    yield "// SPDX-License-Identifier: MIT"
    yield "// Made by tools/float_powers.py: 10 ** k for k = -292 ... 324 as {high, low} of 128 bits."
    yield "// clang-format off"
    for k in range(-292, 325):
        m = mantissa(k)
        assert m.bit_length() == 128
        yield f"{{0x{m >> 64:016x}, 0x{m & (1 << 64) - 1:016x}}},"


if __name__ == "__main__":
    with open(sys.argv[1] if sys.argv[1:] else "src/types/float_powers.gen.h", "w") as out:
        out.write("\n".join(text()) + "\n")
