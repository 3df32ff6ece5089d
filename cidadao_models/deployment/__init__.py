"""What a running service exchanges with the world around it. Analyses nothing."""
