"""The picture of a drawn tree: a street scene and the mask of its parts."""
