import { browser } from "@web/core/browser/browser";
import { cookie } from "@web/core/browser/cookie";
import { registry } from "@web/core/registry";
import { press } from "@odoo/hoot-dom";

function figure(key, value) {
    const amount = `/^\\D*${value.replace(".", "\\.")}$/`;
    return `.o_writeoff_dashboard [data-figure='${key}'] .o_writeoff_value:contains(${amount})`;
}

function addressHas(...parts) {
    return {
        content: `the address has ${parts}`,
        trigger: ".o_writeoff_dashboard",
        run() {
            const missing = parts.filter((part) => !browser.location.search.includes(part));
            if (missing.length) {
                throw new Error(`${missing} is not in ${browser.location.href}`);
            }
        },
    };
}

// What the dashboard promises: it has moved so soon after somebody else's posting.
const PROMISED = 5000;

/** Note when the figures move, whatever the tour is doing then. */
function noteWhenItMoves() {
    const dashboard = document.querySelector(".o_writeoff_dashboard");
    const shown = dashboard.querySelector("[data-figure='written_off'] .o_writeoff_value");
    const before = shown.textContent;
    new MutationObserver((_changes, observer) => {
        if (shown.textContent !== before) {
            dashboard.dataset.movedAt = performance.now();
            observer.disconnect();
        }
    }).observe(dashboard, { subtree: true, childList: true, characterData: true });
}

/** Milliseconds that the server took to compute the figures since a moment. */
function getComputing(since) {
    return performance
        .getEntriesByType("resource")
        .filter(({ name, startTime }) => name.includes("get_figures") && startTime > since)
        .reduce((total, { duration }) => total + duration, 0);
}

/** Post a write-off as somebody else does: another user, another client. */
async function postElsewhere() {
    const response = await browser.fetch("/json/2/inventory.writeoff/action_post", {
        method: "POST",
        // Not with the session of the one who looks at the dashboard.
        credentials: "omit",
        headers: {
            Authorization: `bearer ${cookie.get("writeoff_key")}`,
            "Content-Type": "application/json",
        },
        body: JSON.stringify({ ids: [Number(cookie.get("writeoff_id"))] }),
    });
    if (!response.ok) {
        throw new Error(await response.text());
    }
}

registry.category("web_tour.tours").add("dashboard_moves", {
    url: "/odoo",
    steps: () => [
        { trigger: ".o_navbar_apps_menu button", run: "click" },
        {
            trigger: ".o_app[data-menu-xmlid='inventory_writeoff.inventory_writeoff_menu_root']",
            run: "click",
        },
        {
            trigger: "[data-menu-xmlid='inventory_writeoff.inventory_writeoff_menu_reporting']",
            run: "click",
        },
        {
            trigger:
                "[data-menu-xmlid='inventory_writeoff_reports.inventory_writeoff_dashboard_menu']",
            run: "click",
        },
        { trigger: figure("written_off", "50.00") },
        { trigger: figure("inventory_value", "200.00") },
        { trigger: figure("held_value", "100.00") },
        { trigger: ".o_writeoff_chart canvas" },
        {
            content: "filter by period and category",
            trigger: ".o_writeoff_filters select[name='period']",
            run: "select year",
        },
        { trigger: ".o_writeoff_days:contains('01/01/')" },
        {
            trigger: ".o_writeoff_filters select[name='category']",
            run: "selectByLabel Empty in a test",
        },
        { trigger: figure("written_off", "0.00") },
        addressHas("period=year", "category="),
        {
            content: "the filters survive a reload",
            trigger: figure("inventory_value", "0.00"),
            run: () => browser.location.reload(),
            expectUnloadPage: true,
        },
        { trigger: figure("inventory_value", "0.00") },
        {
            trigger: ".o_writeoff_filters select[name='category']",
            run: "selectByLabel All categories",
        },
        {
            content: "a figure opens the records behind it",
            trigger: figure("written_off", "50.00"),
            run: "click",
        },
        { trigger: ".o_list_view .o_data_row:contains('Tour Vase')" },
        {
            content: "and back, with the same filters",
            trigger: ".o_list_view",
            run: () => browser.history.back(),
        },
        { trigger: ".o_writeoff_filters select[name='period']:value('year')" },
        addressHas("period=year"),
        {
            content: "somebody else posts",
            trigger: figure("written_off", "50.00"),
            async run() {
                document.querySelector(".o_writeoff_dashboard").dataset.isTheSamePage = "yes";
                noteWhenItMoves();
                await postElsewhere();
                document.querySelector(".o_writeoff_dashboard").dataset.postedAt =
                    performance.now();
            },
        },
        {
            content: "and the figures move by themselves, without a reload",
            trigger: `[data-is-the-same-page] ${figure("written_off", "150.00").replace(".o_writeoff_dashboard ", "")}`,
        },
        { trigger: figure("inventory_value", "100.00") },
        { trigger: figure("held_value", "0.00") },
        {
            content: "within five seconds, apart from what a busy server takes to compute",
            trigger: "[data-is-the-same-page][data-moved-at]",
            run() {
                const { postedAt, movedAt } = this.anchor.dataset;
                const taken = movedAt - postedAt - getComputing(Number(postedAt));
                if (taken > PROMISED) {
                    throw new Error(`The dashboard moved after ${Math.round(taken)} ms.`);
                }
            },
        },
    ],
});

/** Press Tab until a figure is reached; all that is passed must say what it is. */
async function tabTo(selector) {
    for (let presses = 0; presses < 30; presses++) {
        await press("Tab");
        const { activeElement } = document;
        const label =
            activeElement.getAttribute("aria-label") ||
            activeElement.labels?.[0]?.textContent ||
            activeElement.textContent;
        if (!label.trim()) {
            throw new Error(`${activeElement.outerHTML} does not say what it is`);
        }
        if (activeElement.matches(selector)) {
            return;
        }
    }
    throw new Error(`${selector} is not reached by Tab`);
}

function checkLayout(direction) {
    const content = document.querySelector(".o_writeoff_page").parentElement;
    if (content.scrollWidth > content.clientWidth) {
        throw new Error(`${content.scrollWidth} px in a window of ${content.clientWidth}`);
    }
    const [first, second] = content.querySelectorAll(".o_writeoff_tiles > section");
    const isBefore = first.getBoundingClientRect().left < second.getBoundingClientRect().left;
    if (isBefore !== (direction === "ltr")) {
        throw new Error(`The figures do not run ${direction}.`);
    }
}

registry.category("web_tour.tours").add("dashboard_by_keyboard", {
    steps: () => [
        {
            content: "nothing is wider than the window, left to right and right to left",
            trigger: figure("written_off", "50.00"),
            run() {
                checkLayout("ltr");
                // As the style sheets of Arabic and Hebrew have it.
                document.querySelector(".o_writeoff_page").style.direction = "rtl";
                checkLayout("rtl");
                document.querySelector(".o_writeoff_page").style.direction = "";
            },
        },
        {
            content: "from the filters to a figure, and into its records, without a mouse",
            trigger: ".o_writeoff_filters select[name='period']",
            async run() {
                this.anchor.focus();
                await tabTo("[data-figure='written_off'] button");
                await press("Enter");
            },
        },
        { trigger: ".o_data_row:contains('Tour Vase'), .o_kanban_record:contains('Tour Vase')" },
    ],
});
