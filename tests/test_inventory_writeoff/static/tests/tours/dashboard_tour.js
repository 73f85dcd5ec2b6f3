import { browser } from "@web/core/browser/browser";
import { cookie } from "@web/core/browser/cookie";
import { registry } from "@web/core/registry";

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
                await postElsewhere();
            },
        },
        {
            content: "and the figures move by themselves, without a reload",
            trigger: `[data-is-the-same-page] ${figure("written_off", "150.00").replace(".o_writeoff_dashboard ", "")}`,
        },
        { trigger: figure("inventory_value", "100.00") },
        { trigger: figure("held_value", "0.00") },
    ],
});
