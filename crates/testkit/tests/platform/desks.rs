//! The desks: bundles, papers, appointments, the stock of keys, statistics (R3, R4).

use casework::{Act, KeyAct, KeyState, LetterForm, MaterialKind, Role, Stage, appointment};
use jiff::SignedDuration;
use platform::ports::store::PageRequest;
use platform::{DEMO_KEYS, Error, NewKeys, NewMaterial, WantedStatistics};
use testkit::{TestApp, code};
use uuid::Uuid;

on_both!(
    r3_1_several_cases_go_in_one_bundle_with_a_number_and_are_followed,
    r3_1_what_is_missing_is_named_and_not_handed_over,
    r3_3_the_register_tells_where_every_original_is,
    r4_1_points_are_counted_by_reason_and_warn_the_next_agent,
    r4_2_the_next_case_of_the_queue_is_the_one_that_waits_longest,
    r4_4_half_hours_are_booked_moved_and_given_up,
    r4_4_keys_are_received_in_batches_and_destroyed_by_two,
    r4_7_without_both_papers_of_one_person_nothing_is_handed_out,
    r4_7_letter_id_copy_and_signature_are_kept_unreadable,
);

fn page() -> PageRequest {
    PageRequest {
        after: None,
        limit: 50,
    }
}

fn refusal<T: std::fmt::Debug>(result: Result<T, Error>) -> String {
    code(&result.unwrap_err())
}

async fn r3_1_several_cases_go_in_one_bundle_with_a_number_and_are_followed(app: TestApp) {
    let office = app.actor("huizong");
    let mut cases = Vec::new();
    for _ in 0..2 {
        cases.push(app.file_until(Stage::Consolidation).await);
    }
    let ids: Vec<_> = cases.iter().map(|filed| filed.case).collect();
    let id = app.platform.hand_over(&office, &ids).await.unwrap();
    let bundle = app.platform.bundle(&office, id).await.unwrap();
    assert_eq!(bundle.row.number, "汇2026-00001");
    assert_eq!(bundle.row.made_by, "谢丽娟");
    assert_eq!(bundle.row.consolidator_name, "福州市数字办（演示）");
    assert_eq!(bundle.cases.len(), 2);
    assert!(bundle.cases.iter().all(|row| row.stage == "acceptance"));
    app.go_on_until(cases[0], Stage::FirstReview).await;
    let maker = app.actor("zhizuo");
    let bundle = app.platform.bundle(&maker, id).await.unwrap();
    assert_eq!(
        bundle
            .cases
            .iter()
            .filter(|row| row.stage == "first_review")
            .count(),
        1,
        "where its cases stand"
    );
    let listed = app.platform.bundles(&office, &page()).await.unwrap();
    assert_eq!(listed.rows.len(), 1);
    assert_eq!(listed.rows[0].1, 2);
    // Another office neither lists nor opens it.
    let other = app.actor("pingtan-huizong");
    assert!(
        app.platform
            .bundles(&other, &page())
            .await
            .unwrap()
            .rows
            .is_empty()
    );
    assert_eq!(refusal(app.platform.bundle(&other, id).await), "not_found");
    let agent = app.actor("xian-jingban");
    assert_eq!(
        refusal(app.platform.bundles(&agent, &page()).await),
        "forbidden"
    );
}

async fn r3_1_what_is_missing_is_named_and_not_handed_over(app: TestApp) {
    let filed = app.file_until(Stage::Consolidation).await;
    let papers: Vec<_> = app
        .case(filed)
        .await
        .case
        .papers_outstanding()
        .map(|m| m.id)
        .collect();
    let act = Act::ReceivePaper {
        received: papers[1..].to_vec(),
        missing: papers[..1].to_vec(),
    };
    app.by("huizong", filed, act).await;
    let office = app.actor("huizong");
    let missing = app
        .platform
        .papers_waited_for(&office, true, &page())
        .await
        .unwrap();
    assert_eq!(missing.rows.len(), 1);
    assert_eq!(missing.rows[0].counts.missing, 1);
    let refused = app.platform.hand_over(&office, &[filed.case]).await;
    assert_eq!(refusal(refused), "hand_over_incomplete");
    assert!(
        app.platform
            .bundles(&office, &page())
            .await
            .unwrap()
            .rows
            .is_empty()
    );
}

async fn r3_3_the_register_tells_where_every_original_is(app: TestApp) {
    let filed = app.file_until(Stage::Consolidation).await;
    let (office, maker) = (app.actor("huizong"), app.actor("zhizuo"));
    let number = app.case(filed).await.case.number.to_string();
    assert_eq!(
        refusal(app.platform.case_by_number(&maker, &number).await),
        "case_number_unknown",
        "the Center does not see what has not come to it"
    );
    let view = app.platform.case_by_number(&office, &number).await.unwrap();
    let papers: Vec<_> = view.case.papers_outstanding().map(|m| m.id).collect();
    let received = papers.clone();
    let missing = Vec::new();
    app.by("huizong", filed, Act::ReceivePaper { received, missing })
        .await;
    let here = app
        .platform
        .papers_waited_for(&office, false, &page())
        .await
        .unwrap();
    assert_eq!(here.rows[0].counts.with_consolidator as usize, papers.len());
    app.platform
        .hand_over(&office, &[filed.case])
        .await
        .unwrap();
    let coming = app
        .platform
        .papers_waited_for(&maker, false, &page())
        .await
        .unwrap();
    assert_eq!(coming.rows[0].counts.forwarded as usize, papers.len());
    assert_eq!(coming.rows[0].case.number, number);
    app.receive_papers(filed).await;
    let none = app
        .platform
        .papers_waited_for(&maker, false, &page())
        .await
        .unwrap();
    assert!(none.rows.is_empty(), "everything is here");
    assert_eq!(
        refusal(
            app.platform
                .case_by_number(&maker, "闽印2026-000001-0")
                .await
        ),
        "case_number_check_digit"
    );
}

async fn r4_1_points_are_counted_by_reason_and_warn_the_next_agent(app: TestApp) {
    let business = casework::BusinessType::New;
    assert!(
        app.platform
            .common_reasons(business)
            .await
            .unwrap()
            .is_empty()
    );
    let filed = app.file_until(Stage::Acceptance).await;
    app.receive_papers(filed).await;
    let mut checklist = app.checklist(filed, true).await;
    for answer in &mut checklist {
        answer.met = answer.code != "form_signed" && answer.code != "imprint_size";
    }
    let points = Vec::new();
    app.by(
        "zhizuo",
        filed,
        Act::RequestCorrection { points, checklist },
    )
    .await;
    let hints = app.platform.common_reasons(business).await.unwrap();
    let codes: Vec<_> = hints.iter().map(|(reason, _)| reason.code).collect();
    assert_eq!(codes, ["form_signed", "imprint_size"]);
    let unlock = casework::BusinessType::Unlock;
    assert!(
        app.platform
            .common_reasons(unlock)
            .await
            .unwrap()
            .is_empty()
    );
    // The Center's statistics of the same day.
    let today = appointment::day_of(app.platform.now());
    let wanted = WantedStatistics {
        from: today,
        until: today,
        city: None,
        business: None,
        kind: None,
    };
    let leader = app.actor("lingdao");
    let statistics = app.platform.statistics(&leader, &wanted).await.unwrap();
    assert_eq!(statistics.filed_by_city[0].of, "350100");
    assert_eq!(statistics.filed_by_city[0].amount, 1);
    assert_eq!(statistics.filed_by_kind[0].of, "unit");
    assert_eq!(statistics.reasons.len(), 2);
    let approval = statistics
        .stages
        .iter()
        .find(|sum| sum.of == "unit_approval")
        .unwrap();
    assert!(approval.seconds >= 60, "{approval:?}");
    let agent = app.actor("xian-jingban");
    assert_eq!(
        refusal(app.platform.statistics(&agent, &wanted).await),
        "forbidden"
    );
    let reversed = WantedStatistics {
        until: today.yesterday().unwrap(),
        ..wanted
    };
    assert_eq!(
        refusal(app.platform.statistics(&leader, &reversed).await),
        "period_reversed"
    );
    // After three months it warns nobody any more.
    app.clock.advance(SignedDuration::from_hours(24 * 92));
    assert!(
        app.platform
            .common_reasons(business)
            .await
            .unwrap()
            .is_empty()
    );
}

async fn r4_2_the_next_case_of_the_queue_is_the_one_that_waits_longest(app: TestApp) {
    let mut cases = Vec::new();
    for _ in 0..3 {
        cases.push(app.file_until(Stage::FirstReview).await);
    }
    let reviewer = app.actor("shenhe");
    let next = |done| app.platform.next_case(&reviewer, Stage::FirstReview, done);
    assert_eq!(next(cases[2].case).await.unwrap(), Some(cases[0].case));
    app.by("shenhe", cases[0], Act::ApproveFirst { remark: None })
        .await;
    assert_eq!(next(cases[0].case).await.unwrap(), Some(cases[1].case));
    app.by("shenhe", cases[1], Act::ApproveFirst { remark: None })
        .await;
    app.by("shenhe", cases[2], Act::ApproveFirst { remark: None })
        .await;
    assert_eq!(next(cases[2].case).await.unwrap(), None);
}

async fn r4_4_half_hours_are_booked_moved_and_given_up(app: TestApp) {
    let mut cases = Vec::new();
    for _ in 0..2 {
        cases.push(app.file_until(Stage::Collection).await);
    }
    let policy = app.platform.policy();
    let day = appointment::bookable_days(&policy, app.platform.now())[0];
    let slots = app.platform.slots(day).await.unwrap();
    let (first, second) = (slots[0].at, slots[1].at);
    let book = |at| Act::BookAppointment { at };
    let agent = "xian-jingban";
    assert_eq!(
        app.refused(agent, cases[0], book(first + SignedDuration::from_mins(7)))
            .await,
        "appointment_outside_hours"
    );
    app.by(agent, cases[0], book(first)).await;
    app.by(agent, cases[1], book(first)).await;
    assert_eq!(app.platform.slots(day).await.unwrap()[0].taken, 2);
    app.by(agent, cases[1], book(second)).await;
    let maker = app.actor("zhizuo");
    let visitors = app.platform.visitors(&maker, day).await.unwrap();
    let seen: Vec<_> = visitors.iter().map(|(at, row)| (*at, row.id)).collect();
    assert_eq!(seen, [(first, cases[0].case), (second, cases[1].case)]);
    app.by(agent, cases[1], Act::CancelAppointment).await;
    assert_eq!(app.platform.visitors(&maker, day).await.unwrap().len(), 1);
    // Who comes without an appointment is taken in at once, also on a day that is not worked.
    let now = app.platform.now() + SignedDuration::from_mins(1);
    app.by(
        "zhizuo",
        cases[1],
        book(appointment::slot_now(&policy, now)),
    )
    .await;
    let today = appointment::day_of(now);
    assert_eq!(app.platform.visitors(&maker, today).await.unwrap().len(), 1);
    let actor = app.actor(agent);
    assert_eq!(
        refusal(app.platform.visitors(&actor, day).await),
        "forbidden"
    );
}

async fn r4_4_keys_are_received_in_batches_and_destroyed_by_two(app: TestApp) {
    let (maker, reviewer) = (app.actor("zhizuo"), app.actor("shenhe"));
    let batch = |serials: &str| NewKeys {
        vendor: "飞天诚信".to_owned(),
        model: "ePass".to_owned(),
        batch: "2026-11".to_owned(),
        serials: serials.to_owned(),
    };
    let received = app
        .platform
        .receive_keys(&maker, &batch("FT0001~FT0010\nFT-0100"))
        .await;
    assert_eq!(received.unwrap(), 11);
    let again = app
        .platform
        .receive_keys(&maker, &batch("FT0200\nft-0100"))
        .await;
    assert_eq!(refusal(again), "key_already_in_stock");
    assert_eq!(
        refusal(app.platform.key(&maker, "FT0200").await),
        "key_unknown",
        "all of a batch or none"
    );
    assert_eq!(
        refusal(app.platform.receive_keys(&reviewer, &batch("FT0300")).await),
        "wrong_role"
    );
    let reason = "外壳开裂".to_owned();
    let propose = KeyAct::ProposeDestruction { reason };
    app.platform
        .act_on_key(&maker, "ft 0100", propose)
        .await
        .unwrap();
    let alone = app
        .platform
        .act_on_key(&maker, "FT0100", KeyAct::Destroy)
        .await;
    assert_eq!(refusal(alone), "witness_same_person");
    let gone = app
        .platform
        .act_on_key(&reviewer, "FT0100", KeyAct::Destroy)
        .await
        .unwrap();
    assert_eq!(gone.state, KeyState::Destroyed);
    let counts = app.platform.key_counts(&maker).await.unwrap();
    assert_eq!(counts.counts[0].0, KeyState::InStock);
    assert!(counts.counts[0].1 >= 210 && !counts.low, "{counts:?}");
    let found = app
        .platform
        .keys(&maker, None, Some("ft-000".to_owned()), &page())
        .await
        .unwrap();
    assert_eq!(found.rows.len(), 9);
    let demo = app
        .platform
        .key(&maker, &format!("{DEMO_KEYS}0001"))
        .await
        .unwrap();
    assert_eq!(demo.state, KeyState::InStock);
    let agent = app.actor("xian-jingban");
    assert_eq!(refusal(app.platform.key_counts(&agent).await), "forbidden");
    assert_eq!(agent.post.role, Role::Agent);
}

async fn r4_7_without_both_papers_of_one_person_nothing_is_handed_out(app: TestApp) {
    let filed = app.file_until(Stage::Collection).await;
    let maker = app.actor("zhizuo");
    let whole = app.collection(filed).await;
    let Act::Collect {
        letter, id_copy, ..
    } = whole.clone()
    else {
        panic!("a collection")
    };
    let broken = |change: &dyn Fn(&mut Act)| {
        let mut act = whole.clone();
        change(&mut act);
        act
    };
    let cases: [(Act, &str); 6] = [
        (
            broken(&|act| {
                if let Act::Collect { letter_id, .. } = act {
                    *letter_id = Some("350102199001011027".parse().unwrap());
                }
            }),
            "collector_id_differs",
        ),
        (
            broken(&|act| {
                if let Act::Collect { signature, .. } = act {
                    *signature = letter;
                }
            }),
            "collection_wrong_material",
        ),
        (
            broken(&|act| {
                if let Act::Collect { letter_name, .. } = act {
                    *letter_name = "陈国栋".to_owned();
                }
            }),
            "collector_not_same_person",
        ),
        (
            broken(&|act| {
                if let Act::Collect { id_copy_name, .. } = act {
                    *id_copy_name = "陈国栋".to_owned();
                }
            }),
            "collector_not_same_person",
        ),
        (
            broken(&|act| {
                if let Act::Collect { id_copy, .. } = act {
                    *id_copy = letter;
                }
            }),
            "collection_wrong_material",
        ),
        (
            broken(&|act| {
                if let Act::Collect { letter, .. } = act {
                    *letter = casework::MaterialId::from_uuid(Uuid::from_u128(1));
                }
            }),
            "material_unknown",
        ),
    ];
    for (act, expected) in cases {
        let refused = app.platform.collect(&maker, filed.case, None, act).await;
        assert_eq!(refusal(refused), expected);
        assert_eq!(app.case(filed).await.case.stage, Stage::Collection);
    }
    let (view, handed_out) = app
        .platform
        .collect(&maker, filed.case, None, whole)
        .await
        .unwrap();
    let collection = view.case.collection.unwrap();
    assert_eq!((collection.letter, collection.id_copy), (letter, id_copy));
    assert_eq!(collection.letter_form, LetterForm::Slip);
    assert_eq!(collection.by.name, "张明远");
    assert_eq!(handed_out.len(), 1);
}

async fn r4_7_letter_id_copy_and_signature_are_kept_unreadable(app: TestApp) {
    let filed = app.file_until(Stage::Collection).await;
    let (agent, maker) = (app.actor("xian-jingban"), app.actor("zhizuo"));
    let file = |kind: MaterialKind, bytes: Vec<u8>| NewMaterial {
        kind,
        application: None,
        name: "文件.png".to_owned(),
        bytes,
    };
    for kind in [
        MaterialKind::IntroductionLetter,
        MaterialKind::CollectorIdCopy,
        MaterialKind::CollectionSignature,
    ] {
        // A picture of its own: the same as the imprint's would be there already.
        let picture = testkit::another_scan();
        let new = file(kind, picture.clone());
        let attached = app.platform.attach(&maker, filed.case, None, new).await;
        let (view, id, _) = attached.unwrap();
        let material = view.case.material(id).unwrap();
        assert!(!app.material_path(material.digest).exists());
        let kept = std::fs::read(app.material_path(material.sealed_as.unwrap())).unwrap();
        assert_ne!(kept, picture);
        let shown = app.platform.material_file(&agent, filed.case, id).await;
        assert_eq!(shown.unwrap().bytes, picture);
    }
    // A signature is written at the desk, and it is not a white sheet.
    let kind = MaterialKind::CollectionSignature;
    let by_agent = app
        .platform
        .attach(&agent, filed.case, None, file(kind, testkit::scan()))
        .await;
    assert_eq!(refusal(by_agent), "signature_at_the_desk");
    let blank = app
        .platform
        .attach(&maker, filed.case, None, file(kind, blank_sheet()))
        .await;
    assert_eq!(refusal(blank), "signature_blank");
    let broken = file(kind, blank_sheet()[..40].to_vec());
    let damaged = app.platform.attach(&maker, filed.case, None, broken).await;
    assert_eq!(refusal(damaged), "picture_damaged");
}

/// A white picture (PNG).
fn blank_sheet() -> Vec<u8> {
    let white = image::RgbImage::from_pixel(400, 200, image::Rgb([255; 3]));
    let mut png = std::io::Cursor::new(Vec::new());
    white.write_to(&mut png, image::ImageFormat::Png).unwrap();
    png.into_inner()
}
