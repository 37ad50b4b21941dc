"""What a reader can be told: the base of all errors whose text is a sentence for people."""


class Problem(ValueError):
    """Something that cannot be done as asked: what is wrong, and the mend."""
