"""Commands that remake the embedded model files from public data."""
