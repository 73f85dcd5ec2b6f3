from odoo import models

from ..verify_log import Verifier


class InventoryWriteoffVerification(models.AbstractModel):
    """Looks whether the log, and what it tells of, is as it was written.

    The chain is verified by the same code as an exported file (`..verify_log`).
    """

    _name = "inventory.writeoff.verification"
    _description = "Verification of the Write-Off Log"

    def _verify(self, company, heads=()):
        """Return what there is and what is broken, the first of it first.

        :param heads: pairs of number and hash that were noted elsewhere
        """
        # A verification has to see everything, whoever asks for it.
        company, log = company.sudo(), self.sudo()
        verifier = Verifier(heads)
        for record in log.env["inventory.writeoff.log.export"]._iterate(company):
            verifier.take(record)
        verifier.finish()
        problems = [log._get_sentence(about) for about, _text in verifier.problems]
        return {
            "events": verifier.events,
            "unsealed": verifier.unsealed,
            "head": f"{verifier.number}:{verifier.hash}" if verifier.number else "",
            "problems": problems + log._get_content_problems(company),
        }

    def _get_sentence(self, about):
        """Say a problem of the chain in the language of the user."""
        env = self.env
        number = about.get("number")
        match about["code"]:
            case "event":
                return env._(
                    "Event %(event)s: its content is not what was logged.",
                    event=self._describe_event(about["event"]),
                )
            case "gap":
                return env._(
                    "Number %(number)s of the chain is missing.", number=number
                )
            case "link":
                return env._(
                    "Seal %(number)s does not follow the seal before it: one of the "
                    "two is not what it was.",
                    number=number,
                )
            case "missing":
                return env._(
                    "Seal %(number)s: its event %(event)s is gone.",
                    number=number,
                    event=about["event"],
                )
            case "seal":
                return env._(
                    "Seal %(number)s does not fit event %(event)s: one of the two is "
                    "not what it was.",
                    number=number,
                    event=self._describe_event(about["event"]),
                )
            case "rewritten":
                return env._(
                    "Seal %(number)s has another hash than the one noted elsewhere: "
                    "the chain was made again, from this seal or before.",
                    number=number,
                )
            case _:
                return env._(
                    "The chain ends at number %(number)s, before the one noted "
                    "elsewhere: its end was cut off.",
                    number=number,
                )

    def _describe_event(self, event_id):
        event = self.env["inventory.writeoff.event"].browse(event_id)
        if not event.exists():
            return str(event_id)
        return f"{event_id} ({event.label}, {event.reference}, {event.user_login})"
