"""The figures we publish, each beside a plain baseline in the same run."""
