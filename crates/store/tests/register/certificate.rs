use casework::SealId;
use platform::ports::store::{CertificateRecord, StoreError};

use crate::database::Database;
use crate::world::{at, id};

on_both! {
    certificates_are_found_by_serial_seal_and_key
    a_revocation_is_listed_and_a_hold_can_be_lifted
}

fn certificate(number: u8, seal: u128) -> CertificateRecord {
    CertificateRecord {
        serial: format!("{number:032x}"),
        seal: SealId::from_uuid(id(seal)),
        der: vec![0x30, number],
        key_digest: format!("{number:064x}"),
        not_after: at(100),
        revoked_at: None,
        revocation_reason: None,
    }
}

async fn certificates_are_found_by_serial_seal_and_key(database: Database) {
    let mut tx = database.begin().await;
    for (number, seal) in [(9, 1), (3, 1), (5, 2)] {
        tx.certificate_insert(&certificate(number, seal))
            .await
            .unwrap();
    }
    let found = tx.certificate(&certificate(3, 1).serial).await.unwrap();
    assert_eq!(found, Some(certificate(3, 1)));
    assert_eq!(tx.certificate("00").await.unwrap(), None);
    // In the order of their making, not of their numbers.
    let of_seal = tx.certificates_of(SealId::from_uuid(id(1))).await.unwrap();
    assert_eq!(of_seal, [certificate(9, 1), certificate(3, 1)]);
    let with_key = tx.seals_with_key(&certificate(5, 2).key_digest).await;
    assert_eq!(with_key.unwrap(), [SealId::from_uuid(id(2))]);
    assert!(tx.seals_with_key("ff").await.unwrap().is_empty());
    let twice = tx.certificate_insert(&certificate(3, 2)).await;
    assert!(matches!(twice, Err(StoreError::Duplicate(name)) if name == "certificates.serial"));
}

async fn a_revocation_is_listed_and_a_hold_can_be_lifted(database: Database) {
    let mut tx = database.begin().await;
    for number in [1, 2, 3] {
        tx.certificate_insert(&certificate(number, 1))
            .await
            .unwrap();
    }
    let [first, second, _] = [1, 2, 3].map(|number| certificate(number, 1).serial);
    tx.certificate_revoke(&second, Some((at(1), "keyCompromise")))
        .await
        .unwrap();
    tx.certificate_revoke(&first, Some((at(2), "certificateHold")))
        .await
        .unwrap();
    assert_eq!(
        tx.revoked_certificates().await.unwrap(),
        [
            (second.clone(), at(1), "keyCompromise".to_owned()),
            (first.clone(), at(2), "certificateHold".to_owned()),
        ]
    );
    tx.certificate_revoke(&first, None).await.unwrap();
    assert_eq!(tx.revoked_certificates().await.unwrap().len(), 1);
    let read = tx.certificate(&second).await.unwrap().unwrap();
    assert_eq!(read.revocation_reason.as_deref(), Some("keyCompromise"));
    let unknown = tx.certificate_revoke("00", None).await;
    assert!(matches!(unknown, Err(StoreError::Conflict(_))));
}
