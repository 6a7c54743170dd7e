//! The collection (R4.7).

use casework::{
    Act, LetterForm, MaterialId, MaterialKind, Medium, Outcome, ResidentId, Role, SealKind, Stage,
};
use uuid::Uuid;

use crate::desk::{Desk, resident};

/// What lies on the desk when somebody collects.
struct Brought {
    letter: MaterialId,
    id_copy: MaterialId,
    signature: MaterialId,
}

impl Brought {
    fn to(desk: &mut Desk) -> Self {
        Self {
            letter: desk.attach(MaterialKind::IntroductionLetter, None),
            id_copy: desk.attach(MaterialKind::CollectorIdCopy, None),
            signature: desk.attach(MaterialKind::CollectionSignature, None),
        }
    }

    /// Somebody of that name and number collects; the letter states that number.
    fn by(&self, name: &str, id: ResidentId, letter_id: Option<ResidentId>) -> Act {
        Act::Collect {
            collector_name: name.to_owned(),
            collector_id: id,
            letter_form: LetterForm::Official,
            letter_name: name.to_owned(),
            letter_id,
            letter: self.letter,
            id_copy_name: name.to_owned(),
            id_copy: self.id_copy,
            signature: self.signature,
        }
    }

    /// The agent collects, with the names read in the papers.
    fn named(&self, signs: &str, named: &str, copied: &str) -> Act {
        Act::Collect {
            collector_name: signs.to_owned(),
            collector_id: resident(12),
            letter_form: LetterForm::Official,
            letter_name: named.to_owned(),
            letter_id: None,
            letter: self.letter,
            id_copy_name: copied.to_owned(),
            id_copy: self.id_copy,
            signature: self.signature,
        }
    }
}

#[test]
fn r4_7_the_person_named_in_both_papers_signs_for_it() {
    let (mut desk, _) = Desk::usual();
    desk.until(Stage::Collection);
    let brought = Brought::to(&mut desk);
    let differing = [
        ("林晓梅", "陈国栋", "林晓梅"),
        ("林晓梅", "林晓梅", "陈国栋"),
        ("陈国栋", "林晓梅", "林晓梅"),
    ];
    for (signs, named, copied) in differing {
        let act = brought.named(signs, named, copied);
        assert_eq!(
            desk.refused(Role::SealMaker, act),
            "collector_not_same_person"
        );
    }
    let good = brought.named("林晓梅", "林晓梅", "林晓梅");
    assert_eq!(desk.refused(Role::Agent, good.clone()), "wrong_role");
    desk.by(Role::SealMaker, good);
    assert_eq!(desk.case.stage, Stage::Closed(Outcome::Completed));
    let collection = desk.case.collection.as_ref().unwrap();
    assert_eq!(collection.collector_name, "林晓梅");
    assert_eq!(collection.signature, Some(brought.signature));
}

#[test]
fn r4_7_without_letter_id_copy_and_signature_nothing_is_handed_out() {
    let (mut desk, _) = Desk::usual();
    desk.until(Stage::Collection);
    let brought = Brought::to(&mut desk);
    let swapped = Brought {
        letter: brought.id_copy,
        id_copy: brought.letter,
        ..brought
    };
    let unsigned = Brought {
        signature: brought.letter,
        ..brought
    };
    for wrong in [swapped, unsigned] {
        let act = wrong.named("林晓梅", "林晓梅", "林晓梅");
        assert_eq!(
            desk.refused(Role::SealMaker, act),
            "collection_wrong_material"
        );
    }
    let nothing = MaterialId::from_uuid(Uuid::from_u128(1));
    let without_copy = Brought {
        id_copy: nothing,
        ..brought
    };
    let without_signature = Brought {
        signature: nothing,
        ..brought
    };
    for lacking in [without_copy, without_signature] {
        let act = lacking.named("林晓梅", "林晓梅", "林晓梅");
        assert_eq!(desk.refused(Role::SealMaker, act), "material_unknown");
    }
}

#[test]
fn r4_7_the_signature_is_given_at_the_desk() {
    let (mut desk, _) = Desk::usual();
    desk.until(Stage::Collection);
    let material = desk.material(MaterialKind::CollectionSignature, None);
    let act = Act::AttachMaterial {
        material: Box::new(material),
        text: None,
    };
    assert_eq!(
        desk.refused(Role::Agent, act.clone()),
        "signature_at_the_desk"
    );
    desk.by(Role::SealMaker, act);
}

#[test]
fn r4_7_the_number_of_the_id_copy_is_that_of_the_letter_or_of_the_case() {
    let (mut desk, _) = Desk::usual();
    desk.add(SealKind::Personal, Medium::UsbKey);
    desk.until(Stage::Collection);
    let brought = Brought::to(&mut desk);
    let (agent, other) = (resident(12), resident(13));
    // The agent: known from the form, unless the letter says otherwise.
    let act = brought.by("林晓梅", other, None);
    assert_eq!(
        desk.refused(Role::SealMaker, act),
        "collector_id_not_of_agent"
    );
    let act = brought.by("林晓梅", agent, Some(other));
    let refusal = desk.refused_to(&crate::desk::actor(Role::SealMaker), act);
    assert_eq!(refusal.code, "collector_id_differs");
    assert!(refusal.message.contains("第 17 位"), "{}", refusal.message);
    // Somebody else: the letter has to say who.
    let act = brought.by("周海燕", other, None);
    assert_eq!(desk.refused(Role::SealMaker, act), "letter_id_missing");
    let may = [
        brought.by("林晓梅", agent, None),
        brought.by("林晓梅", other, Some(other)),
        brought.by("周海燕", other, Some(other)),
        // The person of a personal seal.
        brought.by("陈国栋", resident(34), None),
    ];
    for act in may {
        let mut desk = desk.clone();
        desk.by(Role::SealMaker, act);
        assert_eq!(desk.case.stage, Stage::Closed(Outcome::Completed));
    }
}
