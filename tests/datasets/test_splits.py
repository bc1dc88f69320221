"""Splits that keep groups whole: properties over many seeded sets, and the rules that tell groups."""

import numpy as np
import pytest

from cnnapp import datasets
from cnnapp.datasets.group_rule import GroupRule, compile_pattern, find_groups, list_folder_levels
from cnnapp.datasets.splits import ALONE, find_parted, split_stratified
from cnnapp.errors import CnnAppError

SHARES = (0.1, 0.15, 0.33, 0.5)


def one_class_groups(seed):
    """Labels, groups that hold one class each, and images that stand alone."""
    rng = np.random.default_rng(seed)
    labels, groups = [], []
    for label in range(rng.integers(2, 6)):
        for _ in range(rng.integers(1, 15)):
            size = int(rng.integers(2, 12))
            labels += [label] * size
            groups += [len(groups)] * size
        lone = int(rng.integers(0, 30))
        labels += [label] * lone
        groups += [ALONE] * lone
    order = rng.permutation(len(labels))
    return np.array(labels, np.int32)[order], np.array(groups, np.int32)[order]


def mixed_groups(seed):
    rng = np.random.default_rng(seed)
    count = int(rng.integers(20, 300))
    return rng.integers(0, 5, count).astype(np.int32), rng.integers(-1, count // 4, count).astype(np.int32)


@pytest.mark.parametrize("seed", range(40))
@pytest.mark.parametrize("make", [one_class_groups, mixed_groups])
def test_no_group_is_in_two_parts_and_the_same_seed_gives_the_same_split(make, seed):
    labels, groups = make(seed)
    share = SHARES[seed % len(SHARES)]
    train, held = datasets.split_validation(labels, share, seed, groups)
    assert np.array_equal(np.sort(np.concatenate([train, held])), np.arange(len(labels)))
    assert np.array_equal(train, np.sort(train))
    assert len(find_parted({"train": groups[train], "held": groups[held]})) == 0
    again = datasets.split_validation(labels, share, seed, groups)[1]
    assert np.array_equal(held, again)


@pytest.mark.parametrize("seed", range(40))
def test_each_class_gives_its_share_to_within_half_its_largest_group(seed):
    labels, groups = one_class_groups(seed)
    share = SHARES[seed % len(SHARES)]
    _, held = split_stratified(labels, round(len(labels) * share), seed, groups)
    for label in np.unique(labels):
        own = groups[labels == label]
        units = len(np.unique(own[own != ALONE])) + int((own == ALONE).sum())
        largest = max(np.unique(own[own != ALONE], return_counts=True)[1])
        taken = int((labels[held] == label).sum())
        assert abs(taken - share * len(own)) <= largest / 2 + 1 or units == 1 or taken == min_unit(own)


def min_unit(groups):
    """Images of a class's smallest group: what covering it needs."""
    return 1 if (groups == ALONE).any() else min(np.unique(groups, return_counts=True)[1])


@pytest.mark.parametrize("seed", range(40))
def test_every_class_of_two_groups_or_more_is_in_both_parts(seed):
    labels, groups = one_class_groups(seed)
    train, held = split_stratified(labels, round(len(labels) * 0.15), seed, groups, every_class=True)
    for label in np.unique(labels):
        own = groups[labels == label]
        if len(np.unique(own[own != ALONE])) + (own == ALONE).sum() >= 2:
            assert label in labels[train]
            assert label in labels[held]


def test_without_groups_the_split_is_the_one_that_runs_were_trained_on():
    labels = np.repeat([0, 1, 2], [50, 30, 7]).astype(np.int32)
    alone = np.full(len(labels), ALONE, np.int32)
    for seed in range(5):
        plain, grouped = (datasets.split_validation(labels, 0.2, seed, groups)[1] for groups in (None, alone))
        assert np.array_equal(plain, grouped)
    known = datasets.split_validation(labels, 0.1, 3)[1]
    assert known.tolist() == KNOWN


KNOWN = [2, 11, 17, 28, 32, 73, 78, 79, 80]  # as the app held them out before there were groups


def test_a_rare_class_is_tested_when_every_class_is_asked_for():
    labels = np.repeat([0, 1, 2], [100, 2, 1]).astype(np.int32)
    _, held = split_stratified(labels, 15, 0, every_class=True)
    assert np.bincount(labels[held], minlength=3).tolist() == [15, 1, 0]
    assert len(split_stratified(labels, 0, 0, every_class=True)[1]) == 0


@pytest.mark.parametrize(
    ("pattern", "name", "group"),
    [
        ("{group}_{n}", "anna_3_17", "anna_3"),
        ("{group}_{n}", "anna", None),
        ("{group}{n}", "cat17", "cat"),
        ("IMG_{group}_BURST{n}*", "IMG_20240101_120000_BURST003_cover", "20240101_120000"),
        ("*-{group}.{n}", "left-b.2", "b"),
        ("p{group}s*", "p7s12", "7"),
        ("{group}(1)", "a(1)", "a"),
        ("{group}_{n}", "x" * 300 + "_1", None),
    ],
)
def test_a_pattern_tells_the_group_in_a_file_name(pattern, name, group):
    assert compile_pattern(pattern)(name) == group


def test_a_hostile_pattern_or_name_takes_no_time():
    find = compile_pattern("*{n}x{n}x{group}x{n}x{n}z")
    for name in ("1x" * 127, "x" * 255, "1" * 255, "11x" * 85):
        assert find(name) is None


@pytest.mark.parametrize("pattern", ["", "{n}", "{group}{group}", "*{group}*", "(a+)+$", "{group}" + "x" * 200])
def test_what_is_no_pattern_is_refused_in_one_sentence(pattern):
    with pytest.raises(CnnAppError, match="does not tell the group"):
        compile_pattern(pattern)


FILES = ["set/a/p1/x_1.png", "set/a/p1/x_2.png", "set/b/p1/y_1.png", "set/b/p2/y_2.png", "set/b/p2/z_1.png"]


@pytest.mark.parametrize(
    ("rule", "groups"),
    [
        (GroupRule(kind="none"), [-1, -1, -1, -1, -1]),
        (GroupRule(kind="folder"), [0, 0, 0, 1, 1]),
        (GroupRule(kind="folder", level=2), [0, 0, 1, 1, 1]),
        (GroupRule(kind="name", pattern="{group}_{n}"), [0, 0, 1, 1, -1]),
        (GroupRule(kind="column", column="patient"), [0, -1, 0, 1, 1]),
    ],
)
def test_groups_are_told_by_folder_name_and_column(rule, groups):
    values = ["ada", "", "ada", "bob", "bob"] if rule.kind == "column" else None
    assert find_groups(rule, FILES, values).tolist() == groups


def test_a_rule_that_groups_nothing_or_everything_is_refused():
    with pytest.raises(CnnAppError, match="all images belong together"):
        find_groups(GroupRule(kind="folder", level=3), FILES)
    with pytest.raises(CnnAppError, match="no image has a group"):
        find_groups(GroupRule(kind="folder", level=8), FILES)
    with pytest.raises(CnnAppError, match="no column 'site'"):
        find_groups(GroupRule(kind="column", column="site"), FILES)


def test_levels_of_folders_are_listed_with_examples():
    assert [(level, folders, examples) for level, folders, examples in list_folder_levels(FILES)] == [
        (1, 2, ("p1", "p2")),
        (2, 2, ("a", "b")),
    ]
