"""Numbers with their units: `detect(document, lexicon)`.

How: numerals are found by regex (`digits`, `words`), take the longest unit of the tables that follows (`reading`), join into
ranges, fractions and scores (`joins`), are judged by what stands around them (`judging`, `senses`, `doubtful`), and get their
approximation, bound, thing counted and restatement (`hints`). Kiwi's tokens only veto.
"""

from workers.detectors.numbers.detection import detect
from workers.detectors.numbers.lexicon import TABLES, Lexicon

__all__ = ["TABLES", "Lexicon", "detect"]
