"""The data of the families is consistent with itself."""

import pytest

from bot.upstream.families import DEFAULT_MODEL, FAMILIES, family_of, model_named

MODELS = [(family, model) for family in FAMILIES.values() for model in family.models]


@pytest.mark.parametrize(("family", "model"), MODELS, ids=lambda value: value.name)
def test_a_model_is_found_by_its_name_and_says_what_it_makes(family, model):
    assert family_of(model.name) is family
    assert model_named(model.name) is model
    assert model.resolution in model.label
    assert ("fast" in model.label) == model.is_fast


@pytest.mark.parametrize("family", FAMILIES.values(), ids=lambda family: family.name)
def test_a_familys_defaults_are_among_what_it_allows(family):
    shortest_s, longest_s = family.durations

    assert family.default_ratio in family.ratios
    assert family.default_duration_s is None or shortest_s <= family.default_duration_s <= longest_s


def test_the_default_model_needs_nothing_but_a_prompt():
    assert family_of(DEFAULT_MODEL).default_duration_s is not None


def test_labels_are_unique():
    labels = [model.label for _, model in MODELS]

    assert len(set(labels)) == len(labels)
