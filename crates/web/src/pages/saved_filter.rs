//! Saved filters (我的筛选): kept, renamed, made the default, forgotten; then back to the list.

use axum::extract::Path;
use axum::extract::State;
use uuid::Uuid;

use super::home::own_path;
use super::{Answer, go};
use crate::app::App;
use crate::form::ProtectedForm;
use crate::listing::{list_address, sent_query};
use crate::problem::Problem;
use crate::session::Desk;

/// `POST /desk/filters`
pub(super) async fn save(
    State(app): State<App>,
    desk: Desk,
    ProtectedForm(fields): ProtectedForm,
) -> Answer {
    let list = own_path(fields.text("list")).to_owned();
    let query = sent_query(fields.text("query").unwrap_or_default());
    let name = fields.text("name").unwrap_or_default();
    app.platform
        .save_filter(desk.account.id, &list, name, &query)
        .await?;
    go(&list_address(&list, &query))
}

/// `POST /desk/filters/{id}`
pub(super) async fn change(
    State(app): State<App>,
    desk: Desk,
    Path(id): Path<Uuid>,
    ProtectedForm(fields): ProtectedForm,
) -> Answer {
    let person = desk.account.id;
    let list = match fields.text("do") {
        Some("rename") => {
            let name = fields.text("name").unwrap_or_default();
            app.platform.rename_filter(person, id, name).await?
        }
        Some("default") => app.platform.set_default_filter(person, id, true).await?,
        Some("no-default") => app.platform.set_default_filter(person, id, false).await?,
        Some("delete") => app.platform.delete_filter(person, id).await?,
        _ => return Err(Problem::not_found()),
    };
    let query = sent_query(fields.text("query").unwrap_or_default());
    go(&list_address(&list, &query))
}
