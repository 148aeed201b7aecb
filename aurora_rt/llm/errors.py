"""What can go wrong when a model is to be asked, with a sentence for a person."""

from aurora_rt.errors import Invalid, TooMany, Unavailable


class Refused(TooMany):
    """Asking would go beyond what the work, the day or the organization may spend. Asking again does not help."""

    code = "model_limit_reached"


class ModelAway(Unavailable):
    """The model cannot be asked: its provider is down, its key is missing or wrong, or it does not know the name."""

    code = "model_away"


class ModelUnknown(Invalid):
    """That is no name of a model."""

    code = "unknown_model"
