//! Samples of every paper, and what must be true of each.
#![expect(
    clippy::unwrap_used,
    reason = "a test stops at the first thing that is not as it should be"
)]

mod sample;

use papers::Typesetter;
use platform::ports::papers::{PaperKind, Papers as _};

#[tokio::test]
async fn every_paper_is_set() {
    let typesetter = Typesetter::embedded();
    for kind in PaperKind::ALL {
        let started = std::time::Instant::now();
        let file = typesetter.render(sample::paper(kind)).await.unwrap();
        let took = started.elapsed();
        println!(
            "{}: {} pages, {} bytes, {took:?}",
            file.name,
            file.pages,
            file.bytes.len()
        );
        assert!(file.bytes.starts_with(b"%PDF-"));
        if let Some(folder) = std::env::var_os("YINXIN_SAMPLES") {
            let path = std::path::Path::new(&folder).join(format!("{}.pdf", kind.code()));
            std::fs::write(path, &file.bytes).unwrap();
        }
    }
}
