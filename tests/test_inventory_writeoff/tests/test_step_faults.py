from odoo.tests import tagged

from .background_case import LINES, BackgroundCase
from .processes import KILLED, die
from .test_background_faults import DOCUMENT, TriedAgain, at_chunk

HOLD = "inventory.writeoff.hold"


@tagged("post_install", "-at_install")
class TestStepFaults(BackgroundCase):
    """Whatever happens to a worker, a step is taken once, or nothing of it is there."""

    @classmethod
    def prepare_company(cls, env):
        super().prepare_company(env)
        env.company.writeoff_hold_size = 1

    def _ask(self):
        """Return the id of a draft that waits to be submitted."""
        writeoff_id = self._draft_of(self._stock(count=LINES))
        self._act("asks", "action_submit", writeoff_id)
        self.assertEqual(self._read(writeoff_id, "state"), ("draft",))
        return writeoff_id

    def _assert_step(self, writeoff_id, state, held, kind):
        """Check the state, what is held, and that the log tells of it once."""
        with self._open() as env:
            writeoff = env[DOCUMENT].browse(writeoff_id)
            self.assertEqual(writeoff.state, state, writeoff.step_error)
            self.assertFalse(writeoff.step_asked)
            moves = env[HOLD]._get_open_moves(writeoff)
            self.assertEqual(len(moves), held)
            self.assertEqual(writeoff.event_ids.mapped("kind").count(kind), 1)
        self._assert_whole()

    def _assert_waits(self, writeoff_id, state, held):
        with self._open() as env:
            writeoff = env[DOCUMENT].browse(writeoff_id)
            self.assertEqual((writeoff.state, writeoff.step_error), (state, False))
            self.assertTrue(writeoff.step_asked)
            self.assertEqual(len(env[HOLD]._get_open_moves(writeoff)), held)
        self._assert_whole()

    def test_killed_while_it_is_submitted(self):
        """The goods are held and nothing is committed: then nothing is held."""
        writeoff_id = self._ask()
        fault = at_chunk(1, DOCUMENT, "_start_approval", lambda env: die())
        self.assertEqual(self._work(fault), KILLED)
        self._assert_waits(writeoff_id, "draft", 0)
        self.assertEqual(self._work(), 0)
        self._assert_step(writeoff_id, "to_approve", LINES, "submitted")

    def test_killed_while_it_is_released(self):
        writeoff_id = self._ask()
        self.assertEqual(self._work(), 0)
        self._act("asks", "action_draft", writeoff_id)
        fault = at_chunk(1, HOLD, "_release", lambda env: die())
        self.assertEqual(self._work(fault), KILLED)
        self._assert_waits(writeoff_id, "to_approve", LINES)
        self.assertEqual(self._work(), 0)
        self._assert_step(writeoff_id, "draft", 0, "set_to_draft")

    def test_goods_move_meanwhile(self):
        """More of the same goods comes in between: the step begins again, at once."""

        def receive(env):
            line = env[DOCUMENT].browse(writeoff_id).line_ids[-1]
            with self._open() as other:
                other["stock.quant"]._update_available_quantity(
                    other["product.product"].browse(line.product_id.id),
                    other["stock.location"].browse(self.location_id),
                    5,
                )

        writeoff_id = self._ask()
        fault = at_chunk(1, DOCUMENT, "_check_stepper", receive)
        self.assertEqual(self._work(fault, TriedAgain()), 0)
        self._assert_step(writeoff_id, "to_approve", LINES, "submitted")

    def test_two_workers(self):
        writeoff_ids = [self._ask(), self._ask()]
        workers = [self._start_worker(), self._start_worker()]
        self.assertEqual([worker.wait() for worker in workers], [0, 0])
        self._work()
        for writeoff_id in writeoff_ids:
            self._assert_step(writeoff_id, "to_approve", LINES, "submitted")
