from odoo.tools.translate import LazyTranslate

_lt = LazyTranslate(__name__)

# Key of a figure: (name, unit, which way is good, formula in words).
# Units: money, percent, ratio, number, hours, days, moment.
FIGURES = {
    "inventory_value": (
        _lt("Inventory value now"),
        "money",
        None,
        _lt(
            "Quantity on hand × unit cost of the company's goods, rounded per product. "
            "Compared with the start of the period: the value now less what moves have "
            "brought in since, net."
        ),
    ),
    "held_value": (
        _lt("Held for write-off"),
        "money",
        "low",
        _lt(
            "Σ estimated value of items of write-offs that are submitted or approved "
            "and not posted."
        ),
    ),
    "written_off": (
        _lt("Written off in the period"),
        "money",
        "low",
        _lt(
            "Σ posted − reversed, by accounting date, compared with the period before."
        ),
    ),
    "written_off_month": (
        _lt("Written off this month"),
        "money",
        "low",
        _lt(
            "Σ posted − reversed from the start of the month to the end of the period, "
            "compared with the same days of the month before."
        ),
    ),
    "written_off_quarter": (
        _lt("Written off this quarter"),
        "money",
        "low",
        _lt(
            "Σ posted − reversed from the start of the quarter to the end of the "
            "period, compared with the same days of the quarter before."
        ),
    ),
    "written_off_year": (
        _lt("Written off this fiscal year"),
        "money",
        "low",
        _lt(
            "Σ posted − reversed from the start of the fiscal year to the end of the "
            "period, compared with the same days of the year before."
        ),
    ),
    "write_off_rate": (
        _lt("Write-off rate"),
        "percent",
        "low",
        _lt(
            "(Posted − reversed) ÷ average inventory value of the period. The average "
            "is (value at the start + value at the end) ÷ 2; the value then is the "
            "value now less what moves have brought in since, net."
        ),
    ),
    "working_capital": (
        _lt("Working capital"),
        "money",
        "high",
        _lt(
            "Current assets − current liabilities: posted journal items up to the end "
            "of the period, before and after the write-offs that are not posted yet."
        ),
    ),
    "current_ratio": (
        _lt("Current ratio"),
        "ratio",
        "high",
        _lt(
            "Current assets ÷ current liabilities, before and after the write-offs "
            "that are not posted yet. None without current liabilities."
        ),
    ),
    "gross_margin": (
        _lt("Gross margin"),
        "money",
        "high",
        _lt(
            "Income − cost of revenue, from the start of the fiscal year to the end of "
            "the period, before and after the write-offs that are not posted yet."
        ),
    ),
    "result": (
        _lt("Result"),
        "money",
        "high",
        _lt(
            "All income − all expenses, from the start of the fiscal year to the end "
            "of the period, before and after the write-offs that are not posted yet."
        ),
    ),
    "at_risk_30": (
        _lt("Expires within 30 days"),
        "money",
        "low",
        _lt("Value of lots on hand that expire within 30 days from now."),
    ),
    "at_risk_60": (
        _lt("Expires within 60 days"),
        "money",
        "low",
        _lt("Value of lots on hand that expire within 60 days from now."),
    ),
    "at_risk_90": (
        _lt("Expires within 90 days"),
        "money",
        "low",
        _lt("Value of lots on hand that expire within 90 days from now."),
    ),
    "approvals_waiting": (
        _lt("Waiting for approval"),
        "number",
        "low",
        _lt("Write-offs that wait for a decision now."),
    ),
    "approvals_value": (
        _lt("Value waiting for approval"),
        "money",
        "low",
        _lt("Σ estimated value of write-offs that wait for a decision now."),
    ),
    "approvals_age": (
        _lt("Oldest waiting"),
        "days",
        "low",
        _lt("Days since the oldest of them was submitted or sent back."),
    ),
    "disposals_open": (
        _lt("Open disposals"),
        "number",
        "low",
        _lt("Disposals of posted goods that are not recorded yet."),
    ),
    "disposals_value": (
        _lt("Value of open disposals"),
        "money",
        "low",
        _lt("Σ posted − reversed of the items whose disposal is not recorded yet."),
    ),
    "disposals_age": (
        _lt("Oldest open disposal"),
        "days",
        "low",
        _lt("Days since the oldest of them was posted."),
    ),
    "tie_out_difference": (
        _lt("Tie-out difference"),
        "money",
        "zero",
        _lt(
            "Largest difference between register, stock moves and ledger, of each loss "
            "account and month of the period, added up. 0.00 is as it should be."
        ),
    ),
    "log_verified_at": (
        _lt("Log verified"),
        "moment",
        None,
        _lt(
            "When the hash chain of the log was last verified; of several companies, "
            "of the one that was verified longest ago."
        ),
    ),
    "log_problems": (
        _lt("Problems in the log"),
        "number",
        "zero",
        _lt("What the last verification of each company's log found."),
    ),
    "posted_batches": (
        _lt("Write-offs posted"),
        "number",
        None,
        _lt("Write-offs with an accounting date in the period, without reversals."),
    ),
    "processing_mean": (
        _lt("Processing time, mean"),
        "hours",
        "low",
        _lt("Mean of posted on − submitted on, over write-offs posted in the period."),
    ),
    "processing_median": (
        _lt("Processing time, median"),
        "hours",
        "low",
        _lt(
            "Median of posted on − submitted on, over write-offs posted in the period."
        ),
    ),
    "processing_p90": (
        _lt("Processing time, 90th percentile"),
        "hours",
        "low",
        _lt(
            "90th percentile of posted on − submitted on, over write-offs posted in "
            "the period."
        ),
    ),
    "value_correct": (
        _lt("Value adjusted correctly"),
        "percent",
        "high",
        _lt(
            "1 − Σ |value reversed for error within 90 days| ÷ Σ value posted, over "
            "write-offs posted in the period."
        ),
    ),
    "interventions": (
        _lt("Manual interventions per write-off"),
        "ratio",
        "low",
        _lt(
            "(Edits after a rejection + settled findings + retries + reversals) ÷ "
            "write-offs posted in the period. Submitting, the approvals asked for and "
            "posting do not count."
        ),
    ),
    "straight_through": (
        _lt("Straight-through rate"),
        "percent",
        "high",
        _lt("Write-offs without a manual intervention ÷ all posted in the period."),
    ),
    "estimate_drift": (
        _lt("Estimate drift"),
        "percent",
        "low",
        _lt("Σ |posted − approved| ÷ Σ posted, over write-offs posted in the period."),
    ),
    "first_pass_yield": (
        _lt("First-pass yield"),
        "percent",
        "high",
        _lt(
            "Posted without a rejection ÷ submitted, of those submitted in the period."
        ),
    ),
    "evidence_complete": (
        _lt("Evidence completeness"),
        "percent",
        "high",
        _lt(
            "Write-offs with all required evidence ÷ write-offs that need it, of those "
            "posted in the period."
        ),
    ),
}
