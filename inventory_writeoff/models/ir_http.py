from odoo import models
from odoo.exceptions import UserError
from odoo.http import request
from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY


class IrHttp(models.AbstractModel):
    """Whoever met others each time that Odoo began anew is told so in a sentence."""

    _inherit = "ir.http"

    @classmethod
    def _handle_error(cls, exception):
        if isinstance(exception, PG_CONCURRENCY_EXCEPTIONS_TO_RETRY):
            exception = cls._get_writeoff_conflict() or exception
        return super()._handle_error(exception)

    @classmethod
    def _get_writeoff_conflict(cls):
        """Return the sentence as an error; None if the request is none of ours."""
        model = str(request.params.get("model"))
        if not model.startswith("inventory.writeoff"):
            return None
        env, writeoffs = request.env, request.env["inventory.writeoff"]
        ids, *_others = request.params.get("args") or [request.params.get("ids")]
        if model == writeoffs._name and isinstance(ids, list):
            writeoffs = writeoffs.browse(i for i in ids if isinstance(i, int)).exists()
        return UserError(
            env._(
                "Others were changing the same goods or documents each time this was "
                "tried, so %(what)s is as it was. Try again in a moment.",
                what=", ".join(writeoffs.mapped("display_name")) or env._("everything"),
            )
        )
