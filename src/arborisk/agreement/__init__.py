"""How far raters agree, what they agree on, and the model as one more of them."""
