"""Classes of Kiwi's words, from the vectors of its CoNgram model: alike words share them, so that names never seen are still known by kind.

Kiwi gives the cosine of two morphemes, not their vectors; the cosines to a few hundred landmarks hold the vectors (Nyström).
"""

from collections import Counter
from collections.abc import Iterable, Mapping

import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize
from sklearn.cluster import MiniBatchKMeans

from workers.morphology import Morphology

Matrix = npt.NDArray[np.float32]
LANDMARKS = 400
CONTENT = {"NNG", "NNP", "NNB", "XSN", "XR", "NR", "NP", "MM", "VV", "VA", "MAG", "XPN", "SL"}
CLUSTERS = (64, 320, 1500)
CONFIDENCE = (0.5, 0.75, 0.9)


def vectors(morphology: Morphology, landmarks_wanted: int = LANDMARKS) -> tuple[list[str], Matrix]:
    """Content words (form/tag) of Kiwi's model, sorted, and a unit vector each, the mean taken off."""
    kiwi = morphology.kiwi
    every = sorted((m.id, f"{m.form}/{m.tag}", m.tag) for m in kiwi.most_similar_morphemes(("서울", "NNP"), top_n=10**6))
    at = {identifier: i for i, (identifier, _, _) in enumerate(every)}
    content = [i for i, (_, _, tag) in enumerate(every) if tag in CONTENT]
    landmarks = np.random.default_rng(0).choice(content, landmarks_wanted, replace=False)
    cosine = np.zeros((len(every), landmarks_wanted), np.float32)
    for column, i in enumerate(landmarks):
        for m in kiwi.most_similar_morphemes(every[i][0], top_n=10**6):
            cosine[at[m.id], column] = m.score
        cosine[i, column] = 1
    gram = cosine[landmarks].astype(np.float64)
    values, basis = np.linalg.eigh((gram + gram.T) / 2)
    kept = values > 1e-2
    found = (cosine @ (basis[:, kept] / np.sqrt(values[kept]))).astype(np.float32)
    first: dict[str, int] = {}
    for i in content:
        first.setdefault(every[i][1], i)
    words = sorted(first)
    found = found[[first[w] for w in words]]
    found -= found.mean(axis=0)
    return words, found / np.linalg.norm(found, axis=1, keepdims=True)


def clusters(found: Matrix) -> list[npt.NDArray[np.int64]]:
    """Cluster numbers from 1 up, coarse to fine."""
    return [
        MiniBatchKMeans(k, random_state=0, batch_size=4096, n_init=1, max_iter=60).fit(found).labels_.astype(np.int64) + 1 for k in CLUSTERS
    ]


def kinds(words: list[str], found: Matrix, counts: Mapping[str, Counter[str]]) -> npt.NDArray[np.int64]:
    """What a word mostly names, foretold from its vector, with how sure that is, as one number from 1 up.

    `counts[word]` says how often the word stands in names of which class. A word's own counts are left out of its own forecast (five
    folds), so that in training the forecast is as reliable as it is on new words.
    """
    at = {w: i for i, w in enumerate(words)}
    rows = sorted(at[w] for w in counts if w in at)
    labels = sorted({label for c in counts.values() for label in c})
    share = np.array([[counts[words[i]][label] for label in labels] for i in rows], np.float64)
    total = share.sum(axis=1)
    share /= total[:, None]
    weight = np.sqrt(np.minimum(total, 30))
    inputs = np.hstack([found * 4, np.ones((len(found), 1), np.float32)])
    chance = softmax(inputs @ regression(inputs[rows], share, weight))
    fold = np.random.default_rng(0).integers(0, 5, len(rows))
    index = np.array(rows)
    for k in range(5):
        left_out = fold == k
        fitted = regression(inputs[index[~left_out]], share[~left_out], weight[~left_out])
        chance[index[left_out]] = softmax(inputs[index[left_out]] @ fitted)
    return np.asarray(1 + chance.argmax(axis=1) * (len(CONFIDENCE) + 1) + np.digitize(chance.max(axis=1), CONFIDENCE), np.int64)


def softmax(z: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    e = np.exp(z - z.max(axis=1, keepdims=True))
    return np.asarray(e / e.sum(axis=1, keepdims=True))


def regression(
    inputs: npt.NDArray[np.float32], share: npt.NDArray[np.float64], weight: npt.NDArray[np.float64], decay: float = 0.3
) -> npt.NDArray[np.float64]:
    """Multinomial regression on shares; the last input is the bias."""
    x = inputs.astype(np.float64)
    size = (x.shape[1], share.shape[1])

    def loss(flat: npt.NDArray[np.float64]) -> tuple[float, npt.NDArray[np.float64]]:
        w = flat.reshape(size)
        p = softmax(x @ w)
        gradient = x.T @ (weight[:, None] * (p - share))
        gradient[:-1] += decay * w[:-1]
        return float(-(weight[:, None] * share * np.log(p + 1e-12)).sum() + decay * (w[:-1] ** 2).sum() / 2), gradient.ravel()

    return np.asarray(minimize(loss, np.zeros(size[0] * size[1]), jac=True, method="L-BFGS-B", options={"maxiter": 150}).x.reshape(size))


def table(words: Iterable[str], columns: list[npt.NDArray[np.int64]]) -> dict[str, tuple[int, ...]]:
    """form/tag → its class numbers."""
    return dict(zip(words, map(tuple, np.column_stack(columns).tolist()), strict=True))
