"""From a class to chances in years: the prior, the arithmetic, harm and money, in words."""
