import logging

from odoo import SUPERUSER_ID, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain

from ..writer import as_writer
from .inventory_writeoff_step import NOW, NOW_KEY

_logger = logging.getLogger(__name__)

# The methods that take steps, where they are not named as buttons are.
METHODS = {"reject": "reject", "fill": "_fill"}


class InventoryWriteoff(models.Model):
    """A step that was put off: taken with the rights of who asked for it."""

    _inherit = "inventory.writeoff"

    def _for_stepper(self):
        """Return the write-off in the language and company of who asked."""
        user = self.sudo().step_user_id
        return self.with_context(
            lang=user.lang, tz=user.tz, allowed_company_ids=self.company_id.ids
        )

    def _count_chunks_left(self):
        return 1 if self.step_asked else super()._count_chunks_left()

    def _take_step(self):
        """Do what was asked for; what refuses it raises."""
        self.ensure_one()
        writeoff = self.with_user(self.sudo().step_user_id)._for_stepper()
        writeoff._check_stepper()
        step, values = writeoff.step_asked, writeoff.step_values or {}
        user = writeoff.env.user
        writeoff._check_same_content(values.pop("digest", None))
        if step in ("submit", "approve"):
            # Who changes the same goods from now on waits, instead of being in the way.
            self.env["inventory.writeoff.hold"]._lock_stock(self.line_ids)
        writeoff._forget_step()
        name = METHODS.get(step, f"action_{step}")
        getattr(writeoff.with_context(**{NOW_KEY: NOW}), name)(**values)
        writeoff._tell_stepper(user, writeoff._get_taken_message(step))
        writeoff._send_progress()

    def _check_stepper(self):
        # Who asked may not even be allowed to read it any more.
        writeoff, user = self.sudo(), self.env.user.sudo()
        is_here = user.active and writeoff.company_id in user.company_ids
        if is_here or user._is_superuser():
            return
        raise UserError(
            self.env._(
                "%(writeoff)s: %(user)s, who asked for this, was deactivated or no "
                "longer has access to %(company)s. Someone else has to press Retry.",
                writeoff=writeoff.display_name,
                user=user.name,
                company=writeoff.company_id.name,
            )
        )

    def _check_same_content(self, digest):
        if digest and self._get_content_digest()[self] != digest:
            raise UserError(
                self.env._(
                    "%(writeoff)s has changed since you approved it. Look at it again.",
                    writeoff=self.display_name,
                )
            )

    def _get_taken_message(self, step):
        name = self._get_step_names()[step]
        return self.env._("Done in the background: %(step)s.", step=name)

    def _stop_step(self, message):
        """Keep in words what went wrong, and tell who asked."""
        user = self.sudo().step_user_id
        as_writer(self.sudo()).write({"step_error": message})
        payload = {"step": self.step_asked, "reason": message}
        self.env["inventory.writeoff.event"]._log("step_stopped", {self: payload})
        self._tell_stepper(user, message)
        self._send_progress()

    def _tell_stepper(self, user, message):
        # In the name of the system: nobody is notified of what they say themselves.
        system = self.with_user(SUPERUSER_ID)
        system.message_post(body=message, partner_ids=user.sudo().partner_id.ids)


class InventoryWriteoffWorker(models.AbstractModel):
    _inherit = "inventory.writeoff.worker"

    def _get_waiting_domain(self):
        step = Domain("step_asked", "!=", False) & Domain("step_error", "=", False)
        return list(Domain(super()._get_waiting_domain()) | step)

    def _try_chunk(self, writeoff_id):
        writeoff = self._lock(writeoff_id)
        if not writeoff.step_asked:
            return super()._try_chunk(writeoff_id)
        writeoff._take_step()
        return False

    def _stop(self, writeoff_id, error):
        writeoff = self._lock(writeoff_id)
        if not writeoff.step_asked:
            return super()._stop(writeoff_id, error)
        return writeoff._for_stepper()._stop_step(self._get_step_words(error))

    def _get_step_words(self, error):
        if isinstance(error, (UserError, AccessError)):
            return str(error)
        _logger.error("A step of a write-off failed", exc_info=error)
        return self.env._(
            "Something unexpected happened: %(error)s. Nothing was done. The log of "
            "the server says more to an administrator.",
            error=f"{type(error).__name__}: {error}",
        )
