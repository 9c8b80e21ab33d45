"""How likely what a tagger finds is right, learnt from sentences it has not seen: its log-odds, scaled and shifted by class (Platt)."""

from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize

from workers.detectors.entities.scoring import Scale, odds

Judged = Sequence[tuple[int, str, float, bool]]  # number of the sentence, class, score, whether it is right
TOWARDS_NONE = 3.0  # how strongly a scale is held to leaving the scores as they are: few examples move it little


def fitted(judged: Judged) -> dict[str, Scale]:
    """Scale and shift for each class."""
    return {label: scale([(s, right) for _, name, s, right in judged if name == label]) for label in sorted({j[1] for j in judged})}


def scale(rows: Sequence[tuple[float, bool]]) -> Scale:
    x = np.array([odds(s) for s, _ in rows])
    y = np.array([right for _, right in rows], np.float64)

    def loss(ab: npt.NDArray[np.float64]) -> tuple[float, npt.NDArray[np.float64]]:
        z = ab[0] * x + ab[1]
        miss = 1 / (1 + np.exp(-z)) - y
        held = TOWARDS_NONE * (ab - (1, 0))
        return float((np.logaddexp(0, z) - y * z).sum() + held @ (ab - (1, 0)) / 2), np.array([miss @ x, miss.sum()]) + held

    a, b = minimize(loss, np.array([1.0, 0.0]), jac=True, method="L-BFGS-B").x
    return round(float(a), 4), round(float(b), 4)


def reliability(judged: Judged) -> dict[str, object]:
    """Foretold and found share of right names in ten equal parts by score; each half of the sentences is scaled by the other."""
    rows: list[tuple[float, bool]] = []
    for half in (0, 1):
        scales = fitted([j for j in judged if j[0] % 2 != half])
        rows += [(applied(scales, label, s), right) for n, label, s, right in judged if n % 2 == half]
    rows.sort()
    parts = [rows[len(rows) * k // 10 : len(rows) * (k + 1) // 10] for k in range(10)]
    table = [
        {
            "foretold": round(sum(s for s, _ in part) / len(part), 3),
            "found": round(sum(r for _, r in part) / len(part), 3),
            "names": len(part),
        }
        for part in parts
        if part
    ]
    gap = sum(abs(sum(s for s, _ in part) - sum(r for _, r in part)) for part in parts) / max(1, len(rows))
    return {"deciles": table, "mean_gap": round(gap, 4)}


def applied(scales: Mapping[str, Scale], label: str, score: float) -> float:
    a, b = scales.get(label, (1.0, 0.0))
    return float(1 / (1 + np.exp(-(a * odds(score) + b))))
