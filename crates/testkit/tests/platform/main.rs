//! What the platform does, told by its public functions over real adapters: the same suite on SQLite and on
//! PostgreSQL (where `YINXIN_TEST_POSTGRES` names a server).
#![expect(
    clippy::unwrap_used,
    reason = "a test stops at the first thing that is not as it should be"
)]

/// Runs each test on both databases.
macro_rules! on_both {
    ($($name:ident),* $(,)?) => {
        mod sqlite {
            $(#[tokio::test]
            async fn $name() {
                super::$name(testkit::TestApp::sqlite().await).await;
            })*
        }

        mod postgres {
            $(#[tokio::test]
            async fn $name() {
                if let Some(app) = testkit::TestApp::postgres().await {
                    super::$name(app).await;
                }
            })*
        }
    };
}

mod administration;
mod bulletins;
mod deciding;
mod desks;
mod filing;
mod handling;
mod journey;
mod keeping;
mod kill;
mod kinds;
mod many;
mod materials;
mod notices;
mod papers;
mod red_header_letter;
mod register;
mod reminders;
mod scans;
mod special;
mod stamping;
mod status;
mod summary_sheet;
