"""From photos to rows: likelihood of every photo of a folder, resumable, in flat memory."""
