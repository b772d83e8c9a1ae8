"""Terms are chosen and weighed as scikit-learn's vectoriser does it."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.feature_extraction.text import TfidfVectorizer

from classifier.analyzer import terms, words
from classifier.corpus import training_examples
from classifier.counting import count_terms

WRITTEN = [words(f"{example.title}\n{example.text}") for example in training_examples()[:200]]


@pytest.mark.parametrize("least", [1, 2, 4])
def test_terms_weights_and_rows_are_scikit_learn_s(least: int) -> None:
    vectorizer = TfidfVectorizer(analyzer=lambda text: list(terms(text)), sublinear_tf=True, min_df=least)
    expected = vectorizer.fit(WRITTEN[:150]).transform(WRITTEN)
    counted = count_terms(WRITTEN, 150, least=least, most=10**6)
    assert list(counted.terms) == list(vectorizer.get_feature_names_out())
    np.testing.assert_allclose(counted.idf, vectorizer.idf_)
    assert abs(counted.matrix - expected).max() < 1e-12


def test_the_most_frequent_terms_are_kept_in_order() -> None:
    every = count_terms(WRITTEN, 200, least=2, most=10**6)
    few = count_terms(WRITTEN, 200, least=2, most=500)
    assert list(few.terms) == sorted(few.terms)
    total = dict.fromkeys(every.terms, 0)
    for text in WRITTEN:
        for term in terms(text):
            if term in total:
                total[term] += 1
    assert sorted(total[term] for term in few.terms) == sorted(total.values())[-500:]


def test_texts_without_words_have_empty_rows() -> None:
    counted = count_terms([[], ["a", "b"], [], ["a", "b"]], 4, least=2, most=10)
    assert counted.terms == ("a", "a b", "b", "~a", "~a ~b", "~b")
    assert counted.matrix.getnnz(axis=1).tolist() == [0, 6, 0, 6]
    assert count_terms([[]], 1, least=1, most=10).terms == ()
