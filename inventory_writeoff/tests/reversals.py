from .common import WriteoffCommon


class ReversalCommon(WriteoffCommon):
    """Verbs to reverse what was written off, each by the lowest role that may."""

    def _ask_back(self, writeoff, quantities=None, reason="Counted wrong"):
        """Submit a reversal of quantities given by item, or of everything."""
        by_id = quantities and {line.id: value for line, value in quantities.items()}
        reversal = writeoff.reverse(reason, by_id)
        reversal.action_submit()
        return reversal

    def _approve_back(self, writeoff, quantities=None):
        reversal = self._ask_back(writeoff, quantities)
        reversal.with_user(self.approver).action_approve()
        return reversal

    def _reverse(self, writeoff, quantities=None, **values):
        """Reverse, approve and post; the values are those of the reversal's draft."""
        reversal = self._approve_back(writeoff, quantities)
        if values:
            reversal.with_user(self.finance).write(values)
        reversal.with_user(self.finance).action_post()
        return reversal
