"""Numeric core shared by the analyzers: outlier scores and their calibration."""
