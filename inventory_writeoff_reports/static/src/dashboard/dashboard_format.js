import { formatCurrency } from "@web/core/currency";
import { deserializeDateTime, formatDateTime } from "@web/core/l10n/dates";
import { _t } from "@web/core/l10n/translation";
import { formatFloat } from "@web/core/utils/numbers";

const HOURS_OF_A_DAY = 24;

/** Return the value of a figure as people read it; a dash where there is none. */
export function formatFigure(value, unit, currencyId) {
    if (value === null || value === undefined || value === false) {
        return unit === "moment" ? _t("Never") : "–";
    }
    switch (unit) {
        case "money":
            return formatCurrency(value, currencyId);
        case "percent":
            return _t("%s%", formatFloat(value * 100, { digits: [16, 1] }));
        case "hours":
            return value >= 2 * HOURS_OF_A_DAY
                ? _t("%s days", formatFloat(value / HOURS_OF_A_DAY, { digits: [16, 1] }))
                : _t("%s h", formatFloat(value, { digits: [16, 1] }));
        case "days":
            return value === 1 ? _t("1 day") : _t("%s days", value);
        case "moment":
            return formatDateTime(deserializeDateTime(value));
        case "ratio":
            return formatFloat(value, { digits: [16, 2] });
        default:
            return formatFloat(value, { digits: [16, 0] });
    }
}

/**
 * Return how a figure has moved, or null where there is nothing to compare with:
 * {text, direction: up, down or same, mood: good, bad or plain}.
 */
export function compareFigure({ value, previous, unit, good }) {
    if (typeof value !== "number" || typeof previous !== "number") {
        return null;
    }
    const change = value - previous;
    const direction = change > 0 ? "up" : change < 0 ? "down" : "same";
    return { text: describeChange(change, previous, unit), direction, mood: judge(change, good) };
}

function describeChange(change, previous, unit) {
    if (unit === "percent") {
        return _t("%s points", formatFloat(Math.abs(change) * 100, { digits: [16, 1] }));
    }
    if (unit === "ratio") {
        return formatFloat(Math.abs(change), { digits: [16, 2] });
    }
    if (!previous) {
        return change ? _t("new") : _t("the same");
    }
    const percent = Math.abs(change / previous) * 100;
    // Thousands of percent say nothing that the two amounts do not say better.
    return percent > 999
        ? _t("over 999%")
        : _t("%s%", formatFloat(percent, { digits: [16, percent < 10 ? 1 : 0] }));
}

function judge(change, good) {
    if (!change || !["low", "high"].includes(good)) {
        return "plain";
    }
    return change < 0 === (good === "low") ? "good" : "bad";
}
