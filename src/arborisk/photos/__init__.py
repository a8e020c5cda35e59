"""Photo files: find them, decode them, read their headers, and tell which show the same picture."""
