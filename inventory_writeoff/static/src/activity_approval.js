import { Activity } from "@mail/core/web/activity";
import { ActivityListPopoverItem } from "@mail/core/web/activity_list_popover_item";

import { patch } from "@web/core/utils/patch";

/** Who is asked to decide can approve where the question stands. */
const approval = {
    get isWriteoffApproval() {
        const { activity_category, can_write, state } = this.props.activity;
        return activity_category === "writeoff_approval" && can_write && state !== "done";
    },

    async onClickApproveWriteoff() {
        const { res_model, res_id } = this.props.activity;
        const thread = this.env.services["mail.store"].Thread.insert({
            model: res_model,
            id: res_id,
        });
        await this.env.services.orm.call(res_model, "action_approve", [[res_id]]);
        this.props.onActivityChanged?.(thread);
        this.props.reloadParentView?.();
    },
};

patch(Activity.prototype, approval);
patch(ActivityListPopoverItem.prototype, approval);
