"""Cidadão.AI Models: what deserves a second look in Brazilian public spending, and why.

Importing the package is instant: no numpy, no torch, no gradio.
"""

__version__ = "1.2.0"
