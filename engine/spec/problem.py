"""What a reader can be told: the base of all errors whose text is a sentence for people."""


class Problem(ValueError):  # noqa: N818 - nothing is wrong with the program
    """Something that cannot be done as asked: what is wrong, and the mend."""
