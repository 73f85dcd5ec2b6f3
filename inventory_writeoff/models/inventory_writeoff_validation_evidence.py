from odoo import models


class InventoryWriteoffValidation(models.AbstractModel):
    """Required evidence, at the moment when it is due."""

    _inherit = "inventory.writeoff.validation"

    def _get_problems(self, writeoffs):
        problems = super()._get_problems(writeoffs)
        return [*problems, *self._check_evidence(writeoffs)]

    def _check_evidence(self, writeoffs):
        drafts = writeoffs.filtered(lambda w: w.state == "draft")
        for writeoff, types in drafts._get_missing_evidence("submission").items():
            if types:
                yield self.env._(
                    "%(writeoff)s: %(types)s is missing, which is due before "
                    "submission. Add it under Evidence.",
                    writeoff=writeoff.display_name,
                    types=", ".join(types.mapped("name")),
                )
        others = writeoffs - drafts
        moments = "submission", "posting"
        for writeoff, types in others._get_missing_evidence(*moments).items():
            if types:
                yield self.env._(
                    "%(writeoff)s: %(types)s is missing, which is due before posting. "
                    "Add it under Evidence.",
                    writeoff=writeoff.display_name,
                    types=", ".join(types.mapped("name")),
                )
