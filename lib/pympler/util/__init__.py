# SPDX-License-Identifier: MIT
"""How figures are written."""


def pp(value):
    """A number of bytes as "  123     B", "  1.20 KB" ..."""
    if not isinstance(value, (int, float)):
        return str(value)
    unit, size = "B", float(value)
    for unit in ("B", "KB", "MB", "GB", "TB"):
        if abs(size) < 1024 or unit == "TB":
            break
        size /= 1024
    return f"{value:d}     B" if unit == "B" and isinstance(value, int) else f"{size:.2f} {unit}"


def trim(text, length=80):
    """The text, its end left out if it is too long."""
    return text if len(text) <= length else text[:length - 3] + "..."


def pp_timestamp(seconds):
    """Seconds as h:mm:ss.cc."""
    minutes, rest = divmod(seconds, 60)
    hours, minutes = divmod(int(minutes), 60)
    return f"{hours:02d}:{minutes:02d}:{rest:05.2f}"
