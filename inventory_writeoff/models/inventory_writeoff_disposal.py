from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import format_date

from ..writer import as_writer, get_code_only, is_writer
from .inventory_writeoff import FINANCE, USER


class InventoryWriteoffDisposal(models.Model):
    """What became of goods after they were written off, by disposal method.

    One record for each disposal method of a posted write-off. It is closed when the
    goods are gone and the evidence that is due by then is there.
    """

    _name = "inventory.writeoff.disposal"
    _description = "Disposal of Written-Off Goods"
    _order = "opened_at, id"
    _check_company_auto = True

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
    state = fields.Selection(
        [("open", "Open"), ("done", "Done"), ("cancelled", "Not Needed")],
        required=True,
        readonly=True,
        default="open",
        index=True,
    )
    planned_method_id = fields.Many2one(
        "inventory.writeoff.disposal.method",
        required=True,
        readonly=True,
        ondelete="restrict",
    )
    disposal_method_id = fields.Many2one(
        "inventory.writeoff.disposal.method",
        "Method",
        required=True,
        ondelete="restrict",
    )
    is_removal = fields.Boolean(related="disposal_method_id.is_removal")
    line_ids = fields.Many2many(
        "inventory.writeoff.line", string="Items", compute="_compute_lines"
    )
    line_count = fields.Integer("Items Count", compute="_compute_lines")
    value = fields.Monetary("Written Off", compute="_compute_lines")
    opened_at = fields.Datetime("Open Since", readonly=True)
    age = fields.Integer("Age (Days)", compute="_compute_age")
    disposed_on = fields.Date("Date")
    carrier_id = fields.Many2one(
        "res.partner", ondelete="restrict", help="Who took the goods away."
    )
    weight = fields.Float(digits="Stock Weight")
    weight_uom_name = fields.Char(compute="_compute_weight_uom_name")
    witness_id = fields.Many2one(
        "res.users",
        domain="[('share', '=', False), ('company_ids', 'in', company_id), "
        "('id', '!=', uid)]",
        ondelete="restrict",
        help="Another user, who saw the goods go.",
    )
    certificate_id = fields.Many2one(
        "inventory.writeoff.evidence",
        ondelete="restrict",
        domain="[('writeoff_id', '=', writeoff_id), ('superseded_by_id', '=', False)]",
        help="The evidence of the disposal. Add it under Evidence first.",
    )
    note = fields.Char()
    recorded_by_id = fields.Many2one("res.users", readonly=True, ondelete="restrict")
    recorded_at = fields.Datetime("Recorded On", readonly=True)
    evidence_missing = fields.Char(
        "Still Missing", compute="_compute_evidence_missing", compute_sudo=True
    )
    can_close = fields.Boolean(compute="_compute_can_close")

    _once_per_method = models.UniqueIndex("(writeoff_id, planned_method_id)")
    _weight_not_negative = models.Constraint(
        "CHECK (weight >= 0)", "The weight of what was disposed of is not negative."
    )

    @api.depends(
        "writeoff_id.line_ids.value_posted", "writeoff_id.line_ids.value_reversed"
    )
    def _compute_lines(self):
        for disposal in self:
            lines = disposal.writeoff_id.line_ids.filtered(
                lambda line, d=disposal: line.disposal_method_id == d.planned_method_id
            )
            disposal.line_ids = lines
            disposal.line_count = len(lines)
            posted, back = lines.mapped("value_posted"), lines.mapped("value_reversed")
            disposal.value = sum(posted) - sum(back)

    @api.depends("opened_at", "state", "recorded_at")
    def _compute_age(self):
        now = fields.Datetime.now()
        for disposal in self:
            end = disposal.recorded_at or now
            disposal.age = (end - (disposal.opened_at or end)).days

    def _compute_weight_uom_name(self):
        name = self.env[
            "product.template"
        ]._get_weight_uom_name_from_ir_config_parameter()
        self.weight_uom_name = name

    @api.depends(
        "disposal_method_id",
        "writeoff_id.evidence_ids.evidence_type_id",
        "writeoff_id.evidence_ids.superseded_by_id",
    )
    def _compute_evidence_missing(self):
        for disposal in self:
            names = disposal._get_missing_evidence().mapped("name")
            disposal.evidence_missing = ", ".join(names)

    @api.depends("state")
    @api.depends_context("uid")
    def _compute_can_close(self):
        writable = self._filtered_access("write")
        for disposal in self:
            disposal.can_close = disposal.state == "open" and disposal in writable

    @api.depends("writeoff_id", "planned_method_id")
    def _compute_display_name(self):
        for disposal in self:
            names = disposal.writeoff_id.name, disposal.planned_method_id.name
            disposal.display_name = ": ".join(filter(None, names))

    @api.model_create_multi
    def create(self, vals_list):
        if not is_writer(self.env):
            raise AccessError(
                self.env._("Disposals are opened by posting a write-off, not by hand.")
            )
        return super().create(vals_list)

    def write(self, vals):
        if not is_writer(self.env):
            self._check_can_write(vals)
        return super().write(vals)

    @api.ondelete(at_uninstall=True)
    def _unlink_never(self):
        raise AccessError(
            self.env._("What became of written-off goods is kept as a record.")
        )

    def action_open(self):
        self.ensure_one()
        return {
            "name": self.display_name,
            "type": "ir.actions.act_window",
            "res_model": self._name,
            "res_id": self.id,
            "view_mode": "form",
            "target": "new",
        }

    def action_close(self):
        """Record that the goods are gone, with the evidence that is due by now."""
        self.check_access("write")
        problems = [p for disposal in self for p in disposal._get_problems()]
        self.env["inventory.writeoff.validation"]._refuse(problems)
        as_writer(self).write(
            {
                "state": "done",
                "recorded_by_id": self.env.uid,
                "recorded_at": fields.Datetime.now(),
            }
        )
        self._log()
        for disposal in self:
            disposal.writeoff_id.message_post(body=disposal._get_message())

    def _check_can_write(self, vals):
        if get_code_only(self) & vals.keys():
            raise AccessError(
                self.env._(
                    "%(disposals)s: who recorded the disposal and when is recorded by "
                    "the button.",
                    disposals=", ".join(self.mapped("display_name")),
                )
            )
        done = self.filtered(lambda disposal: disposal.state != "open")
        if done:
            raise UserError(self._get_done_message(done))

    def _get_done_message(self, done):
        return self.env._(
            "%(disposals)s is recorded and stays as it is. Add evidence to the "
            "write-off if there is more to prove.",
            disposals=", ".join(done.mapped("display_name")),
        )

    def _get_problems(self):
        """Return what keeps the disposal from being closed, in sentences."""
        self.ensure_one()
        name = self.display_name
        if self.state != "open":
            return [self._get_done_message(self)]
        if not self.env.user.has_groups(f"{USER},{FINANCE}"):
            return [
                self.env._(
                    "%(disposal)s: requesters and finance record disposals.",
                    disposal=name,
                )
            ]
        return [*self._get_removal_problems(name), *self._get_evidence_problems(name)]

    def _get_removal_problems(self, name):
        if not self.is_removal:
            return
        if not self.disposed_on or not self.witness_id:
            yield self.env._(
                "%(disposal)s: enter the date on which the goods went and another user "
                "who saw it.",
                disposal=name,
            )
        if self.disposed_on and self.disposed_on > fields.Date.context_today(self):
            yield self.env._(
                "%(disposal)s: the date is in the future. Record the disposal once the "
                "goods are gone.",
                disposal=name,
            )
        if self.witness_id and not self._is_witness(self.witness_id):
            yield self.env._(
                "%(disposal)s: %(user)s cannot be the witness. Choose an active user "
                "of %(company)s who is not you.",
                disposal=name,
                user=self.witness_id.name,
                company=self.company_id.display_name,
            )

    def _is_witness(self, user):
        # Companies of other users are not readable for everyone.
        user = user.sudo()
        return (
            user != self.env.user
            and user.active
            and not user.share
            and self.company_id in user.company_ids
        )

    def _get_evidence_problems(self, name):
        if self.certificate_id and self.certificate_id.writeoff_id != self.writeoff_id:
            yield self.env._(
                "%(disposal)s: the certificate belongs to another write-off.",
                disposal=name,
            )
        if types := self.sudo()._get_missing_evidence():
            yield self.env._(
                "%(disposal)s: %(types)s is missing, which is due before closing. Add "
                "it to the write-off under Evidence.",
                disposal=name,
                types=", ".join(types.mapped("name")),
            )

    def _get_missing_evidence(self):
        """Return the types of evidence that are due and not there."""
        self.ensure_one()
        owners = self.line_ids.reason_id, self.disposal_method_id
        requirements = [owner.evidence_requirement_ids for owner in owners]
        required = requirements[0].concat(*requirements).evidence_type_id
        current = self.writeoff_id.evidence_ids.filtered(
            lambda evidence: not evidence.superseded_by_id
        )
        return required - current.evidence_type_id

    def _log(self):
        payloads = {}
        for disposal in self:
            payloads.setdefault(disposal.writeoff_id, []).append(
                {
                    "method": disposal.disposal_method_id.code,
                    "date": fields.Date.to_string(disposal.disposed_on) or None,
                    "carrier": disposal.carrier_id.id or None,
                    "weight": disposal.weight,
                    "witness": disposal.witness_id.id or None,
                    "certificate": disposal.certificate_id.sudo().sha256 or None,
                }
            )
        events = self.env["inventory.writeoff.event"]
        events._log(
            "disposal", {w: {"disposals": done} for w, done in payloads.items()}
        )

    def _get_message(self):
        date = self.disposed_on or self.recorded_at.date()
        return self.env._(
            "Disposal recorded: %(method)s, %(date)s.",
            method=self.disposal_method_id.name,
            date=format_date(self.env, date),
        )
