from odoo import api, fields, models
from odoo.fields import Domain

OPEN_STEPS = ("waiting", "asked")


class InventoryWriteoffApproval(models.Model):
    """One approval that a write-off needs: who was asked, who decided, when and how.

    Steps are made at submission, from the policy of that moment. A step that needs
    several approvals is several records with the same number.
    """

    _name = "inventory.writeoff.approval"
    _inherit = ["inventory.writeoff.recorded"]
    _description = "Approval of a Write-Off"
    _order = "writeoff_id, round desc, step, id"

    writeoff_id = fields.Many2one(
        "inventory.writeoff",
        "Write-Off",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    company_id = fields.Many2one(
        related="writeoff_id.company_id", store=True, index=True
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    round = fields.Integer(
        required=True,
        readonly=True,
        help="A new one starts with every submission, and when approvals became void.",
    )
    step = fields.Integer(required=True, readonly=True)
    name = fields.Char("Approval", required=True, readonly=True)
    rule_id = fields.Many2one(
        "inventory.writeoff.approval.rule", readonly=True, ondelete="set null"
    )
    is_default = fields.Boolean(
        readonly=True, help="No rule asked for anything: any approver decides."
    )
    user_ids = fields.Many2many(
        "res.users",
        "inventory_writeoff_approval_user_rel",
        string="Asked",
        readonly=True,
        help="Who could decide when the write-off was submitted.",
    )
    needed = fields.Integer("Approvals Needed", readonly=True)
    amount_tested = fields.Monetary(readonly=True)
    why = fields.Char(readonly=True)
    state = fields.Selection(
        [
            ("waiting", "Waiting"),
            ("asked", "To Decide"),
            ("approved", "Approved"),
            ("rejected", "Rejected"),
            ("void", "Void"),
            ("dropped", "Not Needed"),
        ],
        required=True,
        readonly=True,
        default="waiting",
    )
    asked_at = fields.Datetime("Asked On", readonly=True)
    decided_by_id = fields.Many2one("res.users", readonly=True, ondelete="restrict")
    behalf_of_id = fields.Many2one(
        "res.users", "On Behalf Of", readonly=True, ondelete="restrict"
    )
    decided_at = fields.Datetime("Decided On", readonly=True)
    comment = fields.Text(readonly=True)
    digest = fields.Char(
        "SHA-256",
        readonly=True,
        help="Digest of the content that was decided on, as it was at that moment.",
    )
    reminded_at = fields.Datetime(readonly=True)
    escalated_at = fields.Datetime(readonly=True)
    is_mine = fields.Boolean(
        "Mine", compute="_compute_is_mine", search="_search_is_mine"
    )

    _asked_idx = models.Index("(writeoff_id) WHERE state = 'asked'")

    @api.depends("state", "user_ids", "decided_by_id")
    @api.depends_context("uid")
    def _compute_is_mine(self):
        mine = self.filtered_domain(self._get_mine_domain())
        for step in self:
            step.is_mine = step in mine

    def _search_is_mine(self, operator, value):
        if operator != "in":
            return NotImplemented
        mine = self._get_mine_domain()
        return mine if True in value else ~mine

    @api.model
    def _get_mine_domain(self):
        """Return what the user is asked for, also in somebody's place, or decided."""
        decided = Domain("decided_by_id", "=", self.env.uid)
        return decided | (Domain("state", "in", OPEN_STEPS) & self._get_asked_domain())

    @api.model
    def _get_asked_domain(self):
        delegations = self.env["inventory.writeoff.delegation"]
        domain = Domain("user_ids", "in", [self.env.uid])
        for company, users in delegations._get_principals(self.env.user).items():
            domain |= Domain("company_id", "=", company.id) & Domain(
                "user_ids", "in", users.ids
            )
        return domain

    def _get_recorded_reason(self):
        return self.env._(
            "Approvals are recorded by the buttons of the write-off. Open it "
            "and press Approve or Reject."
        )

    def _get_present_number(self):
        """Return the number of the first step that is not decided, or 0."""
        return self.filtered(lambda step: step.state in OPEN_STEPS)[:1].step

    def _get_people(self):
        """Return who has given these approvals, and whose authority was used."""
        given = self.filtered(lambda step: step.state == "approved")
        return given.decided_by_id | given.behalf_of_id

    def _prepare_decision_vals(self, decision, comment, whose):
        """Return what one decision is recorded with; an add-on appends its own."""
        self.ensure_one()
        return {
            "state": decision,
            "decided_by_id": self.env.uid,
            "behalf_of_id": whose.id if whose != self.env.user else False,
            "decided_at": fields.Datetime.now(),
            "comment": str(comment or "").strip() or False,
        }

    def _prepare_decision_payload(self):
        """Return what the log says of the decision."""
        self.ensure_one()
        return {
            "round": self.round,
            "step": self.step,
            "name": self.name,
            "rule": self.rule_id.id or None,
            "on_behalf_of": self.behalf_of_id.login or None,
            "amount_tested": self.amount_tested,
            "comment": self.comment or None,
            "digest": self.digest,
        }

    def _prepare_copy_vals(self):
        """Return the same step, for a round in which it is decided again."""
        names = ("name", "step", "is_default", "needed", "amount_tested", "why")
        return {
            **{name: self[name] for name in names},
            "writeoff_id": self.writeoff_id.id,
            "rule_id": self.rule_id.id,
            "user_ids": self.user_ids.ids,
        }
