//! `yinxin account`: an installation without demo data gets its first people on the console.

use casework::{CreditCode, ResidentId};

use crate::run::{Ran, yinxin};

fn found(data: &str, system: &str) -> Ran {
    let code = CreditCode::complete("1235000048800001X")
        .unwrap()
        .to_string();
    let person = |login: &str, name: &str, number: &str| {
        let id = ResidentId::complete(&format!("35010219800101{number}")).unwrap();
        format!("{login},{name},{id}")
    };
    let security = person("anquan-guan", "徐安", "102");
    let auditor = person("shenji-guan", "何正", "103");
    yinxin(&[
        "account",
        "found",
        "--data",
        data,
        "--credit-code",
        &code,
        "--office",
        "办公室",
        "--leader",
        "陈明",
        "--system",
        system,
        "--security",
        &security,
        "--auditor",
        &auditor,
    ])
}

#[test]
fn r1_4_a_new_installation_begins_with_its_three_administrators() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let data = data.to_str().unwrap();
    let system = format!(
        "xitong-guan,周立,{}",
        ResidentId::complete("35010219800101101").unwrap()
    );

    let ran = found(data, "xitong-guan,周立");
    assert_eq!(ran.code, 3, "{ran:?}");
    assert!(ran.err.contains("founder_unfit"), "{ran:?}");

    let ran = found(data, &system);
    assert_eq!(ran.code, 0, "{ran:?}");
    for login in ["xitong-guan", "anquan-guan", "shenji-guan"] {
        assert!(ran.out.contains(&format!("{login}  初始口令 ")), "{ran:?}");
    }
    let ran = found(data, &system);
    assert!(ran.err.contains("already_founded"), "{ran:?}");

    let ran = yinxin(&["account", "reset", "xitong-guan", "--data", data]);
    assert!(ran.out.contains("初始口令"), "{ran:?}");
    let ran = yinxin(&["account", "reset", "nobody", "--data", data]);
    assert!(ran.err.contains("account_unknown"), "{ran:?}");
}
