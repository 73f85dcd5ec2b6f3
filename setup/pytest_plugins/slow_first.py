"""Begins with the classes tagged as slow.

What takes long and comes last keeps one worker busy while the others wait.
"""


def pytest_collection_modifyitems(items):
    items.sort(key=lambda item: "slow" not in getattr(item.cls, "test_tags", ()))
