"""The only door for rows: reading any table, one vocabulary of headers, units, places, writing.

Where to change what:

* A city's headers: names of a role in ``vocabulary.toml``; a whole inventory, a file in
  ``crosswalks/``.
* Words of cells: ratings in ``rating_words.toml``; yes and no, living and dead, kinds, stumps in
  ``cell_words.toml``; genera in ``genera.toml``; words for nothing in ``missing.py``.
* A unit: ``units.py``. Ranges and doubts of a measure: ``measure_text.py`` and ``quantities.py``;
  what is too much to be true: ``doubts.py``.
* What a command asks of a table: ``commands.py``; what the user says of it: ``choices.py`` and, in
  a file, ``mapping.py``.
* A format to read: ``read.py`` and a file a format (``csv_text``, ``xlsx``, ``geojson``,
  ``map_files``, ``parquet``); how much is read: ``limits.py``.
* Places: ``places.py``; their system: ``systems.py``; metres: ``metres.py``.
* A format to write: ``write.py`` and a file a format; our columns beside the user's: ``beside.py``.

The way of a row: `read.read_table` gives a `table.Table`; `columns.find_columns` its roles;
`role_table.read_role_table` both, with quantities, words, dates and places when they are asked for.
"""
