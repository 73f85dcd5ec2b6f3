"""The template holds what the sources say, and French says all of it."""

import ast
import re
from pathlib import Path

import polib
import pytest

ADDONS = [
    "inventory_writeoff",
    "inventory_writeoff_asset",
    "inventory_writeoff_asset_reports",
    "inventory_writeoff_reports",
]
LANGUAGES = ["fr"]
# %(name)s, %s, {name} and markup: what the reader must find again in any language
PLACEHOLDER = re.compile(r"%\(\w+\)[a-z]|%[sd%]|\{\w+\}|</?\w+")
AGAIN = "README.md says under Develop it how to export the texts again"


def texts_of_python(addon):
    """{text: file} of every `_("text")` and `env._("text")` of the add-on."""
    texts = {}
    for path in sorted(addon.rglob("*.py")):
        if "tests" in path.relative_to(addon).parts:
            continue
        for node in ast.walk(ast.parse(path.read_text())):
            if is_translated(node):
                texts[node.args[0].value] = path.relative_to(addon)
    return texts


def is_translated(node):
    if not isinstance(node, ast.Call) or not node.args:
        return False
    name = getattr(node.func, "attr", getattr(node.func, "id", None))
    first = node.args[0]
    return name in ("_", "_lt") and isinstance(first, ast.Constant)


def entries(path):
    file = polib.pofile(str(path))
    return {entry.msgid: entry for entry in file if not entry.obsolete}


@pytest.fixture(scope="module", params=ADDONS)
def addon(request):
    return Path(__file__).parents[2] / request.param


@pytest.fixture(scope="module")
def template(addon):
    return entries(addon / "i18n" / f"{addon.name}.pot")


def test_the_template_holds_every_text_of_the_sources(addon, template):
    texts = texts_of_python(addon)
    assert len(texts) > 5
    missing = {text: str(path) for text, path in texts.items() if text not in template}
    assert missing == {}, AGAIN


def test_the_template_holds_nothing_that_the_sources_no_longer_say(addon, template):
    texts = texts_of_python(addon)
    of_code = [
        text
        for text, entry in template.items()
        if any(".py" in place for place, _line in entry.occurrences)
    ]
    assert [text for text in of_code if text not in texts] == [], AGAIN


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_text_is_translated(addon, template, language):
    translated = entries(addon / "i18n" / f"{language}.po")
    assert sorted(translated) == sorted(template), AGAIN
    empty = [text for text, entry in translated.items() if not entry.msgstr.strip()]
    assert empty == []
    assert [text for text, entry in translated.items() if entry.fuzzy] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_translations_keep_the_placeholders(addon, language):
    wrong = {
        text: entry.msgstr
        for text, entry in entries(addon / "i18n" / f"{language}.po").items()
        if sorted(PLACEHOLDER.findall(text))
        != sorted(PLACEHOLDER.findall(entry.msgstr))
    }
    assert wrong == {}
