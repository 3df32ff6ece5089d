"""Starts the app: the page, the Gradio API and REST on one port. Decides nothing."""

from __future__ import annotations

import sys

from cidadao_models.__main__ import main

if __name__ == "__main__":
    sys.exit(main(["serve", *sys.argv[1:]]))
