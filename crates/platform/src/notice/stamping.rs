//! A stamping request, and who is told of it.

use casework::{Actor, Role, UseRequestId, UseState};

use super::{Audience, Message, Values};
use crate::{Platform, error::Result, ports::store::Tx, stamping::UseRecord};

impl Platform {
    /// Tells the unit's approver of a new request, and the one who asked of everything after it.
    pub(crate) async fn notify_use(
        &self,
        tx: &mut dyn Tx,
        record: &UseRecord,
        id: UseRequestId,
        actor: &Actor,
    ) -> Result<()> {
        let request = &record.request;
        let (template, audience, remark) = match &request.state {
            UseState::Requested => (
                "use_to_approve",
                Audience::Post(Role::UnitApprover, request.unit),
                String::new(),
            ),
            UseState::Rejected { reason, .. } => (
                "use_decided",
                Audience::Person(request.requested_by.person),
                format!("原因：{reason}"),
            ),
            UseState::Cancelled { .. } => (
                "use_cancelled",
                Audience::Post(Role::UnitApprover, request.unit),
                String::new(),
            ),
            UseState::Approved { .. } | UseState::Stamped { .. } => (
                "use_decided",
                Audience::Person(request.requested_by.person),
                String::new(),
            ),
        };
        let values = Values::default()
            .with("申请人", &request.requested_by.name)
            .with("文件", &request.document_name)
            .with("印章", &record.seal_name)
            .with("状态", request.state.name())
            .with("意见", remark);
        let message = Message {
            template,
            values,
            case: None,
            link: format!("/desk/uses/{id}"),
        };
        self.tell(tx, &[audience], Some(actor.person), &message)
            .await
    }
}
