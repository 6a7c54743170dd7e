//! Whatever people click in whatever order: no panic, no lost history, and always somebody's turn or an end.

use casework::{
    Act, ActKind, ApplicationId, BundleId, BusinessType, Case, CaseId, CaseNumber, Level,
    MaterialKind, Medium, Role, SealKind, Stage, allowed_acts, apply, decide, linked_case, turn,
};
use proptest::prelude::*;
use uuid::Uuid;

use crate::desk::{Desk, nth_actor, point};

/// One click: who, what, about which application, and with good or bad contents.
#[derive(Clone, Debug)]
struct Click {
    role: usize,
    person: u128,
    act: usize,
    which: usize,
    good: bool,
    usual: bool,
}

fn click() -> impl Strategy<Value = Click> {
    (
        0..10usize,
        0..2u128,
        0..ActKind::ALL.len(),
        0..4usize,
        any::<bool>(),
        0..10u8,
    )
        .prop_map(|(role, person, act, which, good, usual)| {
            // Most clicks are the usual next step, else no sequence gets far.
            Click {
                role,
                person,
                act,
                which,
                good,
                usual: usual < 6,
            }
        })
}

fn a_role(number: usize) -> Role {
    Role::ALL.get(number).copied().unwrap_or(Role::System)
}

/// The act of the click, with contents that fit the case more or less.
fn contents(desk: &mut Desk, click: &Click) -> Act {
    let applications: Vec<ApplicationId> = desk.case.applications.iter().map(|a| a.id).collect();
    let nowhere = ApplicationId::from_uuid(Uuid::from_u128(0xDEAD));
    let application = applications.get(click.which).copied().unwrap_or(nowhere);
    let points = if click.good {
        vec![point("请更正")]
    } else {
        Vec::new()
    };
    let remark = None;
    let number = u32::try_from(desk.case.version).unwrap_or(1) + 100;
    let draft = desk
        .case
        .application(application)
        .map(|a| a.draft.clone())
        .unwrap_or_default();
    let kind = MaterialKind::ALL[click.which * 3 % MaterialKind::ALL.len()];
    let to = kind.is_per_application().then_some(application);
    match ActKind::ALL[click.act] {
        ActKind::SaveLetter => Act::SaveLetter {
            letter: desk.case.letter.clone(),
        },
        ActKind::AddApplication => Act::AddApplication {
            application: ApplicationId::from_uuid(desk.id()),
            draft,
        },
        ActKind::AddApplications => Act::AddApplications {
            applications: vec![(ApplicationId::from_uuid(desk.id()), draft)],
        },
        ActKind::SaveDraft => {
            let mut draft = draft;
            if !click.good {
                draft.seal_name = Some(format!("第{number}枚"));
            }
            Act::SaveDraft { application, draft }
        }
        ActKind::RemoveApplication => Act::RemoveApplication { application },
        ActKind::AttachMaterial => {
            let material = Box::new(desk.material(kind, to));
            Act::AttachMaterial {
                material,
                text: None,
            }
        }
        ActKind::RemoveMaterial => {
            let found = desk.case.materials.get(click.which).map(|m| m.id);
            let material = found.unwrap_or_else(|| desk.material(kind, to).id);
            Act::RemoveMaterial { material }
        }
        ActKind::Submit => Act::Submit,
        ActKind::ApproveInUnit => Act::ApproveInUnit { remark },
        ActKind::SendBackInUnit => Act::SendBackInUnit { points },
        ActKind::HandIn => Act::HandIn,
        ActKind::HandOver => Act::HandOver {
            bundle: BundleId::from_uuid(desk.id()),
        },
        ActKind::ReturnByConsolidator => Act::ReturnByConsolidator { points },
        ActKind::ReceivePaper => Act::ReceivePaper {
            received: desk.outstanding(),
            missing: Vec::new(),
        },
        ActKind::Accept => Act::Accept {
            checklist: desk.answers(click.good),
        },
        ActKind::RequestCorrection => Act::RequestCorrection {
            points,
            checklist: desk.answers(false),
        },
        ActKind::Refuse => Act::Refuse {
            reason: "不符合规定".to_owned(),
        },
        ActKind::ApproveFirst => Act::ApproveFirst { remark },
        ActKind::ApproveFinal => Act::ApproveFinal { remark },
        ActKind::SetAside => Act::SetAside {
            application,
            linked: CaseId::from_uuid(desk.id()),
            linked_number: CaseNumber::new(2026, number).expect("in range"),
            points,
        },
        ActKind::BookAppointment => Act::BookAppointment { at: desk.now },
        ActKind::CancelAppointment => Act::CancelAppointment,
        ActKind::PresentKey => {
            let serial = desk
                .facts
                .seals
                .first()
                .and_then(|seal| seal.key_serial.clone());
            Act::PresentKey {
                application,
                serial: serial.unwrap_or_default(),
            }
        }
        ActKind::StartProduction => Act::StartProduction { application },
        ActKind::ApplicationProduced => {
            match desk
                .case
                .application(application)
                .filter(|a| a.form.is_some())
            {
                Some(_) => {
                    let produced = desk.produced(application);
                    Act::ApplicationProduced {
                        application,
                        produced,
                    }
                }
                None => Act::FinishOnSite,
            }
        }
        ActKind::FinishOnSite => Act::FinishOnSite,
        ActKind::NotifyCollection => Act::NotifyCollection,
        ActKind::Collect | ActKind::Close => Act::Close,
        ActKind::Resubmit => Act::Resubmit { remark },
        ActKind::Withdraw => Act::Withdraw { reason: None },
    }
}

/// What must never get smaller or different.
fn nothing_is_lost(before: &Case, after: &Case) {
    assert!(after.version >= before.version);
    assert!(after.timeline.starts_with(&before.timeline));
    assert!(after.decisions.starts_with(&before.decisions));
    assert!(after.revisions.starts_with(&before.revisions));
    assert!(after.stages.starts_with(&before.stages));
    assert!(after.links.starts_with(&before.links));
    assert!(
        before
            .filed_by
            .iter()
            .all(|person| after.filed_by.contains(person))
    );
    assert!(
        before
            .materials
            .iter()
            .all(|m| after.material(m.id).is_some())
    );
    for application in &before.applications {
        if let Some(produced) = &application.produced {
            assert_eq!(
                after.application(application.id).unwrap().produced.as_ref(),
                Some(produced)
            );
        }
    }
}

/// Somebody can act, or it is over.
fn somebody_can_go_on(case: &Case, policy: &casework::Policy) {
    match turn(case) {
        None => assert!(case.is_closed()),
        Some(turn) => {
            let somebody = nth_actor(turn.role, 7);
            let acts = allowed_acts(case, &somebody, policy);
            assert!(
                !acts.is_empty(),
                "{} at {}",
                turn.role.name(),
                case.stage.name()
            );
        }
    }
    assert_eq!(
        case.stages.last().map(|(stage, _)| *stage),
        Some(case.stage)
    );
    assert_eq!(case.is_closed(), matches!(case.stage, Stage::Closed(_)));
    if case.stage == Stage::Correction {
        assert!(!case.correction_points().is_empty());
    }
}

fn three_people(case: &Case) {
    let at = |stages: &[Stage]| -> Vec<_> {
        let decided = case.decisions.iter().filter(|d| stages.contains(&d.stage));
        decided.map(|decision| decision.by.person).collect()
    };
    let first = at(&[Stage::FirstReview]);
    let last = at(&[Stage::FinalReview]);
    let made = case
        .applications
        .iter()
        .filter_map(|a| a.production.as_ref());
    let maker: Vec<_> = at(&[Stage::Acceptance])
        .into_iter()
        .chain(made.map(|started| started.by.person))
        .collect();
    for one in &first {
        assert!(!last.contains(one) && !maker.contains(one));
    }
    assert!(last.iter().all(|one| !maker.contains(one)));
    assert!(
        case.decisions
            .iter()
            .all(|d| !case.filed_by.contains(&d.by.person))
    );
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, ..ProptestConfig::default() })]

    #[test]
    fn random_clicks_never_break_a_case(
        business in 0..6usize,
        level in 0..3usize,
        seals in prop::collection::vec((0..3usize, any::<bool>()), 1..4),
        clicks in prop::collection::vec(click(), 1..80),
    ) {
        let mut desk = Desk::open(BusinessType::ALL[business], Level::ALL[level]);
        for (kind, other) in seals {
            let kind = SealKind::ALL[kind];
            let media: &[Medium] = kind.media();
            desk.add(kind, media[usize::from(other) % media.len()]);
        }
        for click in clicks {
            let before = desk.case.clone();
            let usual = if click.usual { desk.next_step() } else { None };
            let (by, act) = match usual {
                Some((role, act)) => (nth_actor(role, 0), act),
                None => {
                    let by = nth_actor(a_role(click.role), click.person);
                    (by, contents(&mut desk, &click))
                }
            };
            let events = decide(&desk.case, &act, &by, desk.now, &desk.policy, &desk.facts);
            if let Ok(events) = events {
                prop_assert!(!events.is_empty() || before == desk.case);
                for event in &events {
                    apply(&mut desk.case, event);
                    if let Some(linked) = linked_case(&desk.case, event) {
                        somebody_can_go_on(&linked, &desk.policy);
                    }
                }
            }
            nothing_is_lost(&before, &desk.case);
            somebody_can_go_on(&desk.case, &desk.policy);
            three_people(&desk.case);
        }
        let json = serde_json::to_string(&desk.case).unwrap();
        prop_assert_eq!(&serde_json::from_str::<Case>(&json).unwrap(), &desk.case);
    }
}

proptest! {
    #[test]
    fn no_text_in_a_form_panics(
        texts in prop::collection::vec("\\PC{0,20}", 22),
        business in 0..6usize,
    ) {
        let business = BusinessType::ALL[business];
        let (mut desk, id) =
            Desk::with_one(business, SealKind::Unit, Medium::UsbKey, Level::County);
        desk.edit(id, |draft| {
            for (field, text) in casework::Field::ALL.iter().zip(texts) {
                draft.set_text(*field, Some(text));
            }
        });
        let refusal = desk.refused_to(&nth_actor(Role::Agent, 0), Act::Submit);
        prop_assert!(!refusal.message.is_empty());
    }

    #[test]
    fn no_text_panics_as_number_code_or_size(text in "\\PC{0,40}") {
        let _ = text.parse::<CaseNumber>();
        let _ = text.parse::<casework::SealCode>();
        let _ = text.parse::<casework::FileDigest>();
        let _ = text.parse::<casework::Millimetres>();
        let _ = text.parse::<casework::Mobile>();
        let _ = text.parse::<casework::DivisionCode>();
        let _ = casework::letter::compare_to_model_letter(&text, &casework::Center::default());
    }
}
