from odoo.tests import new_test_user, tagged

from .common import WriteoffCommon

MODES = {"create": "c", "read": "r", "write": "u", "unlink": "d"}
ROLES = ["requester", "approver", "senior", "finance", "manager", "auditor"]
OUTSIDERS = ["internal_user", "invoicing_user", "portal", "public"]
READ = dict.fromkeys(ROLES, "r")
CONFIGURED = {**READ, "manager": "crud"}
# Model: what each role may do before any record rule. Models that are not named here
# are read by auditors, and outsiders know nothing of them.
RIGHTS = {
    "inventory.writeoff": {
        "requester": "crud",
        "approver": "ru",
        "senior": "ru",
        "finance": "ru",
        "manager": "r",
        "auditor": "r",
    },
    "inventory.writeoff.line": {**READ, "requester": "crud"},
    "inventory.writeoff.reason": {**CONFIGURED, "stock_user": "r"},
    "inventory.writeoff.disposal.method": CONFIGURED,
    "inventory.writeoff.evidence.type": CONFIGURED,
    "inventory.writeoff.evidence.requirement": CONFIGURED,
    "inventory.writeoff.check": {**READ, "manager": "ru"},
    "inventory.writeoff.finding": READ,
    "inventory.writeoff.candidate": {**READ, "stock_user": "cr"},
    "inventory.writeoff.rule": {"manager": "crud", "auditor": "r"},
    "inventory.writeoff.evidence": {
        "requester": "crud",
        "approver": "cr",
        "senior": "cr",
        "finance": "cr",
        "manager": "r",
        "auditor": "r",
    },
    "inventory.writeoff.disposal": {**READ, "requester": "ru", "finance": "ru"},
    "inventory.writeoff.removal": {"stock_user": "r"},
    "inventory.writeoff.event": READ,
}


@tagged("post_install", "-at_install")
class TestModelRights(WriteoffCommon):
    """What each role may do with each kind of record."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.internal_user = cls._create_user("internal", "base.group_user")
        cls.portal = new_test_user(cls.env, "wo_portal", groups="base.group_portal")
        cls.public = cls.env.ref("base.public_user")

    def _get_rights(self, model, roles):
        """Return {role: letters of what the role may do}, without those of none."""
        rights = {}
        for role in roles:
            records = self.env[model].with_user(getattr(self, role))
            letters = [MODES[mode] for mode in MODES if records.has_access(mode)]
            rights[role] = "".join(letters)
        return {role: letters for role, letters in rights.items() if letters}

    def _get_models(self):
        return [
            name
            for name, model in self.env.items()
            if name.startswith("inventory.") and not model._abstract
        ]

    def test_table(self):
        for model, expected in RIGHTS.items():
            with self.subTest(model):
                found = self._get_rights(model, [*ROLES, "stock_user"])
                self.assertEqual(found, expected)

    def test_outsiders(self):
        for model in self._get_models():
            with self.subTest(model):
                self.assertEqual(self._get_rights(model, OUTSIDERS), {})

    def test_auditor_reads_everything_and_writes_nothing(self):
        kept = [name for name in self._get_models() if not self._is_passing(name)]
        for model in kept:
            with self.subTest(model):
                self.assertEqual(self._get_rights(model, ["auditor"]), {"auditor": "r"})

    def _is_passing(self, name):
        """Tell whether rows are made for a dialog, or for warehouse staff only."""
        return self.env[name]._transient or name == "inventory.writeoff.removal"
