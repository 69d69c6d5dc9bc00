# SPDX-License-Identifier: MIT
"""The same under the name that pympler has for it."""
from pympler.util import pp, pp_timestamp, trim

safe_repr = repr
__all__ = ["pp", "pp_timestamp", "safe_repr", "trim"]
