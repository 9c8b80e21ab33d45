"""A sentence, or a line that stands for one."""

from schemas.fields import Probability, identifier, label
from schemas.labels import Role
from schemas.span import Place


class Sentence(Place):
    """A sentence, heading, list item or line of boilerplate."""

    id = identifier("s")
    role = label(Role, metadata={"description": "What it is in the document; `boilerplate` carries no claims."})
    checkworthy = Probability(required=True, metadata={"description": "That of its most check-worthy claim, 0 without one."})
