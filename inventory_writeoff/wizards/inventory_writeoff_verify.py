from odoo import api, fields, models
from odoo.exceptions import UserError

from ..verify_log import parse_head


class InventoryWriteoffVerify(models.TransientModel):
    """The page on which an auditor verifies the log, and what it says."""

    _name = "inventory.writeoff.verify"
    _description = "Verify the Write-Off Log"

    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company
    )
    known_head = fields.Char(
        "Head Noted Elsewhere",
        help="Number and hash, with a colon between them, from a printed statement or "
        "a mail. Without it, nobody sees whether the end of the log was cut off or all "
        "of it made again.",
    )
    state = fields.Selection(
        [("new", "Not Verified"), ("whole", "Nothing Broken"), ("broken", "Broken")],
        readonly=True,
        default="new",
    )
    verified_at = fields.Datetime("Verified", readonly=True)
    event_count = fields.Integer("Events", readonly=True)
    unsealed_count = fields.Integer("Not Sealed Yet", readonly=True)
    head = fields.Char("Head of the Chain", readonly=True)
    problem_count = fields.Integer("Problems", readonly=True)
    first_problem = fields.Text(readonly=True)
    problems = fields.Text("More Problems", readonly=True)

    @api.depends("company_id")
    def _compute_display_name(self):
        for page in self:
            page.display_name = self.env._(
                "Verify Log of %(company)s", company=page.company_id.name
            )

    def action_verify(self):
        self.ensure_one()
        self.check_access("write")
        heads = [self._parse_known_head()] if self.known_head else []
        result = self.env["inventory.writeoff.verification"]._verify(
            self.company_id, heads
        )
        problems = result["problems"]
        self.write(
            {
                "state": "broken" if problems else "whole",
                "verified_at": fields.Datetime.now(),
                "event_count": result["events"],
                "unsealed_count": result["unsealed"],
                "head": result["head"],
                "problem_count": len(problems),
                "first_problem": problems[0] if problems else False,
                "problems": "\n".join(problems[1:]),
            }
        )

    def action_export(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_url",
            "url": f"/inventory_writeoff/log/{self.company_id.id}",
            "target": "download",
        }

    def action_download_script(self):
        return {
            "type": "ir.actions.act_url",
            "url": "/inventory_writeoff/verify_log.py",
            "target": "download",
        }

    def _parse_known_head(self):
        try:
            return parse_head(self.known_head)
        except ValueError:
            raise UserError(
                self.env._(
                    "%(head)s is no head of a chain. Enter the number, a colon and the "
                    "64 digits of the hash, as they stand on the statement or in the "
                    "mail.",
                    head=self.known_head,
                )
            ) from None
