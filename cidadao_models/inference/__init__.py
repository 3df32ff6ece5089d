"""The REST service around the analysis: routes, limits and workers. Decides nothing itself."""
