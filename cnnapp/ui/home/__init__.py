"""Home's pictures of the five steps."""
