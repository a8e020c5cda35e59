"""Where a failing tree may fall: lines, roads and buildings within its reach."""
