"""The only door for rows: reading any table, one vocabulary of headers, units, places, writing."""
