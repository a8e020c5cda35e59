"""Search for settings inside the photos given. Importing it loads no optuna."""
