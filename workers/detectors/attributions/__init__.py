"""Who says what: reported content, the words that report it, and its source."""

from workers.detectors.attributions.detection import detect
from workers.detectors.attributions.lexicon import TABLES, Lexicon

__all__ = ["TABLES", "Lexicon", "detect"]
