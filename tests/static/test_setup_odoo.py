"""Odoo of the right series, wherever it comes from."""

import pytest
from writeoff_setup import odoo
from writeoff_setup.errors import SetupError, StepFailed


def make_odoo(folder, version="(19, 0, 0, FINAL, 0, '')"):
    (folder / "odoo").mkdir(parents=True)
    (folder / "odoo" / "release.py").write_text(f"version_info = {version}\n")
    return folder


def test_a_source_checkout_is_taken_as_it_stands(run, tmp_path):
    path = make_odoo(tmp_path / "checkout")
    (path / "odoo-bin").touch()
    assert odoo.given_odoo(run, path).python_path == path


def test_of_a_package_folder_only_odoo_is_taken(run, tmp_path):
    path = make_odoo(tmp_path / "dist-packages")
    (path / "lxml").mkdir()
    for given in (path, path / "odoo"):
        found = odoo.given_odoo(run, given).python_path
        assert [entry.name for entry in found.iterdir()] == ["odoo"]
        assert (found / "odoo" / "release.py").exists()


@pytest.mark.parametrize(
    "version, series", [("(18, 0, 0, F, 0, '')", "18.0"), ("(19, 1, 0)", "19.1")]
)
def test_another_series_is_refused(run, tmp_path, version, series):
    path = make_odoo(tmp_path, version)
    with pytest.raises(SetupError, match=f"Odoo {series}; these add-ons are for 19.0"):
        odoo.given_odoo(run, path)


def test_a_folder_without_odoo_is_refused(run, tmp_path):
    with pytest.raises(SetupError, match="no Odoo there: it should be"):
        odoo.given_odoo(run, tmp_path)


class FailingApt:
    known = False

    def __init__(self, *_arguments):
        pass

    def update(self):
        raise StepFailed("It failed.", known=self.known)


def test_a_mirror_without_odoo_names_another_way(run, monkeypatch):
    monkeypatch.delenv("ODOO_PATH", raising=False)
    monkeypatch.setattr(odoo, "Apt", FailingApt)
    with pytest.raises(StepFailed, match="does not carry Odoo 19. Set ODOO_PATH"):
        odoo.get_odoo(run)
    assert not list(run.cache.home.glob("odoo-*"))


def test_a_known_cause_is_not_blamed_on_the_mirror(run, monkeypatch):
    monkeypatch.delenv("ODOO_PATH", raising=False)
    monkeypatch.setattr(odoo, "Apt", FailingApt)
    monkeypatch.setattr(FailingApt, "known", True)
    with pytest.raises(StepFailed, match="^It failed.$"):
        odoo.get_odoo(run)


def test_a_package_that_could_serve_no_page_is_refused(tmp_path):
    web = tmp_path / "web" / "static"
    web.mkdir(parents=True)
    (web / "jquery.js").symlink_to("/nowhere/jquery.js")
    with pytest.raises(SetupError, match="lacks 1 files.*jquery.js.*ODOO_PATH"):
        odoo._complete(tmp_path)
