//! The rules against the guide: journeys, filing, handling, the register, stamping requests, random acts.

#![expect(clippy::unwrap_used, reason = "in a test the panic is the report")]
#![expect(
    clippy::needless_pass_by_value,
    reason = "acts read better made in place"
)]

mod administrators;
mod bulletin;
mod collecting;
mod deputies;
mod desk;
mod desk_work;
mod filing;
mod journeys;
mod making;
mod process_table;
mod random_acts;
mod reviewing;
mod seal_register;
mod sending_back;
mod separation;
mod special_register;
mod use_request;
