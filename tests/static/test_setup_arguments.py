"""Which tests are meant, and what they need."""

import pytest
from writeoff_setup.addons import Addon, content_key, with_own_dependencies
from writeoff_setup.arguments import given_paths, need_no_database, owners


@pytest.fixture
def place(tmp_path):
    for path in ("one/tests", "two/tests", "tests/static"):
        (tmp_path / path).mkdir(parents=True)
    (tmp_path / "one" / "tests" / "test_a.py").touch()
    return tmp_path


@pytest.fixture
def addons(place):
    return [
        Addon(place / "one", {"depends": ["stock"]}),
        Addon(place / "two", {"depends": ["one", "sale"]}),
    ]


def test_paths_are_told_from_other_arguments(place):
    arguments = ["-k", "one", "one/tests/test_a.py::Test::test_x", "--lf", "other"]
    assert given_paths(arguments, place) == [place / "one" / "tests" / "test_a.py"]


def test_only_static_tests_need_no_database(place):
    static = place / "tests" / "static"
    assert need_no_database([static / "test_x.py"], static)
    assert not need_no_database([static, place / "one"], static)
    assert not need_no_database([], static)


def test_a_test_needs_the_addon_that_it_is_in(place, addons):
    one, two = addons
    assert owners([place / "one" / "tests"], addons) == [one]
    assert owners([], addons) == addons
    assert owners([place / "elsewhere"], addons) == addons
    assert with_own_dependencies([two], addons) == addons
    assert with_own_dependencies([one], addons) == [one]


def test_only_what_a_database_holds_changes_the_key(place, addons):
    before = content_key(addons)
    (place / "one" / "tests" / "test_a.py").write_text("changed")
    assert content_key(addons) == before
    (place / "one" / "views.xml").write_text("<odoo/>")
    assert content_key(addons) != before
