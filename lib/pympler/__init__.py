# SPDX-License-Identifier: MIT
"""Sizes, counts and lives of objects, with the interface of the pympler project.

The figures come from the heap's own tables (_memtools): they are the bytes that cells really take.
"""
__version__ = "1.1"
