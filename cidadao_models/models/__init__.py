"""The analyzers: anomalies in contract records, and the numeric core under them."""
