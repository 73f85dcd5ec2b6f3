import subprocess
import sys
import tempfile

from .. import verify_log


class LogScript:
    """The script that verifies an exported log, in a process of its own."""

    def _export_log(self):
        return self.env["inventory.writeoff.log.export"]._export(self.company)

    def _run_script(self, *arguments, lines=None):
        """Run the script on an export, as an auditor does, without Odoo."""
        with tempfile.NamedTemporaryFile("w", suffix=".jsonl") as file:
            file.writelines(lines or self._export_log())
            file.flush()
            command = [sys.executable, "-I", verify_log.__file__, file.name]
            return subprocess.run(
                [*command, *arguments], capture_output=True, text=True, timeout=60
            )

    def _get_first_problem(self, **kwargs):
        """Return what the script says is broken first."""
        result = self._run_script(**kwargs)
        self.assertEqual(result.returncode, 1, result.stdout + result.stderr)
        (first,) = [
            line.removeprefix("BROKEN, first: ")
            for line in result.stdout.splitlines()
            if line.startswith("BROKEN")
        ]
        return first

    def assertScriptFindsNothing(self):
        result = self._run_script()
        self.assertEqual(result.returncode, 0, result.stdout + result.stderr)
