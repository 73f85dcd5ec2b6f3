import { registry } from "@web/core/registry";

import { openMenu } from "./steps";

function choose(field, text, scope = "") {
    return [
        {
            content: `choose ${text} as ${field}`,
            trigger: `${scope} .o_field_widget[name='${field}'] input`,
            run: `edit ${text}`,
        },
        {
            content: "wait for the answer to what was typed: a late one opens the list again",
            trigger: `.o-autocomplete--dropdown-menu:not(:has(.o-autocomplete--dropdown-item:eq(2))) a:contains("${text}")`,
            run: "click",
        },
    ];
}

/** Type a code as fast as a scanner does, wherever the focus is. */
function scan(code, result) {
    return [
        {
            content: `scan ${code}`,
            trigger: ".modal .alert:contains('Scan a location')",
            async run(helpers) {
                for (const key of [...code, "Enter"]) {
                    await helpers.press(key);
                }
            },
        },
        { content: `${code} is read`, trigger: result },
    ];
}

function marked(product, quantity) {
    return `.modal .o_data_row:contains('${product}') td[name='quantity']:contains('${quantity}')`;
}

function rowsAre(count) {
    return {
        content: `${count} rows stay`,
        trigger: `.o_list_view:has(.o_data_row:eq(${count - 1})):not(:has(.o_data_row:eq(${count})))`,
    };
}

function openLocation(name) {
    return {
        content: `filter by location, and below ${name}`,
        trigger: `.o_search_panel_category_value header:has(.o_search_panel_label_title:contains('${name}'))`,
        run: "click",
    };
}

registry.category("web_tour.tours").add("unsellable_mark", {
    url: "/odoo",
    steps: () => [
        ...openMenu(
            "stock.menu_stock_root",
            "stock.menu_stock_warehouse_mgmt",
            "inventory_writeoff.inventory_writeoff_mark_menu_stock"
        ),
        ...choose("reason_id", "Broken in a test", ".modal"),
        {
            content: "leave the field, as the form asks for",
            trigger: ".modal .alert:contains('Scan a location')",
            run: "click",
        },
        { trigger: "body:not(:has(.o-autocomplete--dropdown-menu))" },
        ...scan(
            "SHELF-A",
            ".modal .o_field_widget[name='location_id'] input:value('Shelf A')"
        ),
        ...scan("BOWL-7", marked("Glass Bowl", "1.00")),
        ...scan("BOWL-7", marked("Glass Bowl", "2.00")),
        ...scan("LAMP-SN-1", marked("Glass Lamp", "1.00")),
        ...scan("CUP-LOT-1", marked("Glass Cup", "1.00")),
        ...scan(
            "UNKNOWN-1",
            ".o_notification:contains('Nothing is known under UNKNOWN-1')"
        ),
        {
            content: "what nobody knows adds nothing",
            trigger:
                ".modal .o_list_renderer:has(.o_data_row:eq(2)):not(:has(.o_data_row:eq(3)))",
        },
        { trigger: ".modal button[name='action_mark']", run: "click" },
        { trigger: "body:not(:has(.modal))" },
    ],
});

registry.category("web_tour.tours").add("unsellable_writeoff", {
    url: "/odoo",
    steps: () => [
        ...openMenu(
            "inventory_writeoff.inventory_writeoff_menu_root",
            "inventory_writeoff.inventory_writeoff_candidate_menu"
        ),
        rowsAre(6),
        {
            content: "filter by reason",
            trigger:
                ".o_search_panel_filter_value:contains('Broken in a test') input[type='checkbox']",
            run: "click",
        },
        rowsAre(5),
        openLocation("Inven"),
        openLocation("Stock"),
        openLocation("Shelf A"),
        rowsAre(4),
        {
            content: "filter by category",
            trigger: ".o_searchview_input",
            run: "edit Glassware",
        },
        {
            trigger:
                ".o_searchview_autocomplete .o-dropdown-item:contains('Product Category'):contains('Glassware')",
            run: "click",
        },
        rowsAre(3),
        {
            trigger: ".o_list_view:not(:has(.o_data_row:contains('Steel Pan')))",
        },
        {
            content: "select all",
            trigger: ".o_list_view thead .o_list_record_selector input",
            run: "click",
        },
        { trigger: ".o_selection_box:contains('3')" },
        { trigger: "button[name='action_create_writeoff']", run: "click" },
        { trigger: ".o_form_view .o_field_widget[name='line_ids'] .o_data_row:eq(2)" },
        {
            content: "what the inventory is worth now",
            trigger: ".o_field_widget[name='value_before']:contains('560.00')",
        },
        {
            content: "what is written off",
            trigger: ".o_field_widget[name='value']:contains('83.00')",
        },
        {
            content: "what stays",
            trigger: ".o_field_widget[name='value_after']:contains('477.00')",
        },
        ...choose("disposal_method_id", "Destroy"),
        { trigger: "button[name='action_submit']", run: "click" },
        {
            trigger:
                ".o_statusbar_status .o_arrow_button_current:contains('To Approve')",
        },
    ],
});

function refused(...sentence) {
    const text = sentence.map((part) => `:contains("${part}")`).join("");
    return [
        { trigger: "button[name='action_submit']", run: "click" },
        {
            content: "the refusal is a sentence",
            trigger: `.modal .modal-body${text}`,
        },
        { trigger: ".modal-footer .btn-primary", run: "click" },
        { trigger: ".o_statusbar_status .o_arrow_button_current:contains('Draft')" },
    ];
}

registry.category("web_tour.tours").add("unsellable_duplicate", {
    url: "/odoo",
    steps: () => [
        ...openMenu(
            "inventory_writeoff.inventory_writeoff_menu_root",
            "inventory_writeoff.inventory_writeoff_menu"
        ),
        { trigger: ".o_list_button_add", run: "click" },
        ...choose("reason_id", "Broken in a test"),
        ...choose("disposal_method_id", "Destroy"),
        ...choose("location_id", "Shelf A"),
        { trigger: ".o_field_x2many_list_row_add a", run: "click" },
        ...choose("product_id", "Glass Lamp", ".o_selected_row"),
        ...choose("lot_id", "LAMP-SN-1", ".o_selected_row"),
        {
            trigger: ".o_selected_row .o_field_widget[name='quantity'] input",
            run: "edit 1",
        },
        { trigger: ".o_form_button_save", run: "click" },
        { trigger: ".nav-link[name='findings']", run: "click" },
        {
            content: "the draft names the write-off that has the goods",
            trigger:
                ".o_field_widget[name='finding_ids'] .o_data_row:contains('The same goods are already in WO/')",
        },
        ...refused(
            "Glass Lamp",
            "LAMP-SN-1",
            "1.0 Units asked for, but only 0.0 are free"
        ),
    ],
});

registry.category("web_tour.tours").add("unsellable_duplicate_blocked", {
    url: "/odoo",
    steps: () => [
        ...openMenu(
            "inventory_writeoff.inventory_writeoff_menu_root",
            "inventory_writeoff.inventory_writeoff_menu"
        ),
        { trigger: ".o_data_row:contains('Draft') td[name='name']", run: "click" },
        ...refused(
            "The same goods are already in WO/",
            "Remove the item here or there, unless it is other pieces."
        ),
    ],
});
