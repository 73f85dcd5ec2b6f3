import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { standardFieldProps } from "@web/views/fields/standard_field_props";

import { Component, onWillUnmount } from "@odoo/owl";

/** A step that is taken in the background; the form is loaded again when it was. */
export class WriteoffStep extends Component {
    static template = "inventory_writeoff.Step";
    static props = { ...standardFieldProps };

    setup() {
        this.bus = useService("bus_service");
        const onProgress = this.onProgress.bind(this);
        this.bus.subscribe("writeoff_progress", onProgress);
        this.bus.start();
        onWillUnmount(() => this.bus.unsubscribe("writeoff_progress", onProgress));
    }

    get text() {
        const { record, name } = this.props;
        const [, label] = record.fields[name].selection.find(
            ([value]) => value === record.data[name]
        ) || [false, ""];
        return _t(
            "%s: being done in the background. You can go on working; you are told when it is through.",
            label
        );
    }

    async onProgress({ id }) {
        const { record } = this.props;
        if (id === record.resId && !(await record.isDirty())) {
            await record.load();
        }
    }
}

registry.category("fields").add("writeoff_step", {
    component: WriteoffStep,
    supportedTypes: ["selection"],
});
