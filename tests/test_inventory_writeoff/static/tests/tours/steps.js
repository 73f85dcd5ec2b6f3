/** Steps that the tours have in common. */

const APP = "inventory_writeoff.inventory_writeoff_menu_root";
const TO_APPROVE = "inventory_writeoff.inventory_writeoff_menu_to_approve";

/** Open an app of the web client, and menus below it. */
export function openMenu(app, ...menus) {
    return [
        { trigger: ".o_navbar_apps_menu button", run: "click" },
        { trigger: `.o_app[data-menu-xmlid='${app}']`, run: "click" },
        ...menus.map((menu) => ({ trigger: `[data-menu-xmlid='${menu}']`, run: "click" })),
    ];
}

export function openApp(...menus) {
    return openMenu(APP, ...menus);
}

/** Open the write-off of the tour's reason from the list that is shown. */
export function openWriteoff(value) {
    return [
        { trigger: ".o_data_row .o_data_cell:contains('Broken in a test')", run: "click" },
        { trigger: `.o_form_view .o_field_widget[name='value']:contains('${value}')` },
    ];
}

export function openToApprove(value) {
    return [
        ...openApp(TO_APPROVE),
        { trigger: ".o_breadcrumb:contains('Write-Offs to Approve')" },
        ...openWriteoff(value),
    ];
}

export function stateIs(label) {
    return { trigger: `.o_statusbar_status .o_arrow_button_current:contains("${label}")` };
}
