//! The ledger as the platform writes and reads it: every decision, every change of a seal and every use is one entry.

mod words;

use std::collections::BTreeMap;

use casework::{About, Actor, AdminAct, check_administration};
use jiff::Timestamp;
use ledger::{
    Frontier, Hash, Leaf, Nodes, Position, Proof, SignedTreeHead, TreeHead, UnsignedTreeHead,
};

use crate::{
    Platform,
    error::{Error, Result},
    ports::{
        KeyLabel,
        store::{AccountRecord, LedgerEntry, LedgerFilter, NewLedgerEntry, Page, PageRequest, Tx},
    },
};

pub use words::{LEDGER_KINDS, ledger_fact, ledger_kind};

/// Entries of one export.
pub const MOST_EXPORTED: usize = 5000;
/// Label of the key that signs the heads of the ledger.
pub(crate) const LEDGER_KEY: &str = "ledger-head";

/// A list that somebody took out of the platform.
#[derive(Debug, Clone)]
pub struct ListExport {
    /// Path of the list.
    pub list: String,
    /// What it is called.
    pub title: String,
    /// What it was filtered by, each as 名称：值. What was typed is given by its digest ([`ListExport::typed`]), as it
    /// may be personal.
    pub filters: Vec<String>,
    /// Its rows.
    pub rows: usize,
    /// `xlsx` or `print`.
    pub form: &'static str,
}

impl ListExport {
    /// Words that were typed, as the ledger names them: enough to recognise a search, not to read it.
    pub fn typed(words: &str) -> String {
        let digest = hex::encode(gm::sm3(words.as_bytes()));
        format!("检索词摘要 {}", &digest[..16])
    }
}

/// A fact for the ledger. What it holds is handed out with proofs, so it names posts and ids, never personal data.
pub(crate) struct Fact {
    kind: String,
    subject: String,
    facts: BTreeMap<String, String>,
    actor: String,
}

impl Fact {
    /// Something that the platform itself did.
    pub(crate) fn by_platform(kind: impl Into<String>, subject: impl Into<String>) -> Self {
        Self {
            kind: kind.into(),
            subject: subject.into(),
            facts: BTreeMap::new(),
            actor: "系统".to_owned(),
        }
    }

    /// Something that a person did.
    pub(crate) fn by(actor: &Actor, kind: impl Into<String>, subject: impl Into<String>) -> Self {
        let mut fact = Self::by_platform(kind, subject)
            .with("by_role", actor.post.role.code())
            .with("by_unit", actor.post.unit.to_string())
            .with("by_person", actor.person.to_string());
        fact.actor = format!("{}（{}）", actor.name, actor.post.role.name());
        fact
    }

    /// Something that somebody did before or beside acting in a post: signing in, changing the own password.
    pub(crate) fn by_account(account: &AccountRecord, kind: &str) -> Self {
        let mut fact = Self::by_platform(kind, account.id.to_string())
            .with("by_person", account.id.to_string());
        fact.actor = format!("{}（账号 {}）", account.name, account.login);
        fact
    }

    /// Adds a named value.
    pub(crate) fn with(mut self, name: &str, value: impl Into<String>) -> Self {
        self.facts.insert(name.to_owned(), value.into());
        self
    }
}

/// Appends the facts to the ledger inside the transaction, and answers the place of the first.
pub(crate) async fn record(tx: &mut dyn Tx, at: Timestamp, facts: Vec<Fact>) -> Result<u64> {
    let (size, peaks) = tx.ledger_frontier().await?;
    let peaks = peaks.into_iter().map(Hash).collect();
    let mut frontier =
        Frontier::from_peaks(size, peaks).map_err(|e| Error::internal("ledger", e))?;
    // The database keeps microseconds: the leaf must say exactly what can be read back.
    let at = Timestamp::from_microsecond(at.as_microsecond())
        .map_err(|e| Error::internal("ledger", e))?;
    let mut entries = Vec::with_capacity(facts.len());
    let mut nodes = Vec::new();
    for fact in facts {
        debug_assert!(
            ledger_kind(&fact.kind).is_some(),
            "{} needs a word in journal/words.rs",
            fact.kind
        );
        let leaf = Leaf {
            kind: fact.kind,
            subject: fact.subject,
            at,
            facts: fact.facts,
        };
        let hash = leaf.hash();
        nodes.extend(
            frontier
                .append(hash)
                .into_iter()
                .map(|node| (node.position.level, node.position.index, node.hash.0)),
        );
        let body = serde_json::to_string(&leaf.facts).map_err(|e| Error::internal("ledger", e))?;
        entries.push(NewLedgerEntry {
            at,
            kind: leaf.kind,
            subject: leaf.subject,
            actor: fact.actor,
            body,
            leaf_hash: hash.0,
        });
    }
    let peaks: Vec<[u8; 32]> = frontier.peaks().iter().map(|peak| peak.0).collect();
    tx.ledger_append(size, &entries, &nodes, &peaks).await?;
    Ok(size)
}

/// The leaf that a kept entry stands for.
pub fn leaf_of(entry: &NewLedgerEntry) -> Result<Leaf> {
    let facts = serde_json::from_str(&entry.body).map_err(|e| Error::internal("ledger", e))?;
    Ok(Leaf {
        kind: entry.kind.clone(),
        subject: entry.subject.clone(),
        at: entry.at,
        facts,
    })
}

impl Platform {
    /// Entries of the ledger for the auditor, newest first.
    ///
    /// # Errors
    /// Refusal `wrong_role` for anybody but the auditor.
    pub async fn ledger_entries(
        &self,
        actor: &Actor,
        filter: &LedgerFilter,
        page: &PageRequest,
    ) -> Result<Page<LedgerEntry>> {
        check_administration(AdminAct::ReadLedger, actor, About::default())?;
        Ok(self
            .store
            .read()
            .await?
            .ledger_entries(filter, page)
            .await?)
    }

    /// Size and root of the ledger now, signed with the ledger's key.
    ///
    /// # Errors
    /// [`Error::Internal`] where store or keys fail.
    pub async fn ledger_head(&self) -> Result<SignedTreeHead> {
        let (size, peaks) = self.store.read().await?.ledger_frontier().await?;
        let peaks = peaks.into_iter().map(Hash).collect();
        let frontier =
            Frontier::from_peaks(size, peaks).map_err(|e| Error::internal("ledger", e))?;
        self.sign_head(frontier.head()).await
    }

    /// The proof that the entry at `index` stands in the ledger as it is now: leaf, path, signed head, key.
    ///
    /// # Errors
    /// [`Error::NotFound`] for a place beyond the end.
    pub async fn ledger_proof(&self, index: u64) -> Result<Proof> {
        let mut tx = self.store.read().await?;
        let entry = tx
            .ledger_entry(index)
            .await?
            .ok_or(Error::NotFound("ledger entry"))?;
        let (size, peaks) = tx.ledger_frontier().await?;
        let places =
            ledger::inclusion_nodes(index, size).map_err(|e| Error::internal("ledger", e))?;
        let nodes = fetch(tx.as_mut(), &places).await?;
        let path = ledger::inclusion_proof(index, size, &nodes)
            .map_err(|e| Error::internal("ledger", e))?;
        let peaks = peaks.into_iter().map(Hash).collect();
        let frontier =
            Frontier::from_peaks(size, peaks).map_err(|e| Error::internal("ledger", e))?;
        drop(tx);
        let head = self.sign_head(frontier.head()).await?;
        Ok(Proof::new(
            leaf_of(&entry.entry)?,
            index,
            path,
            head,
            &self.ledger_key,
        ))
    }

    /// Recomputes the whole ledger from its entries and compares it with the stored tree.
    /// Answers the number of entries, or the first place that does not agree.
    ///
    /// # Errors
    /// [`Error::Refused`] with code `ledger_altered` and the place.
    pub async fn audit_ledger(&self) -> Result<u64> {
        let mut tx = self.store.read().await?;
        let (size, peaks) = tx.ledger_frontier().await?;
        let mut frontier = Frontier::default();
        for index in 0..size {
            let entry = tx.ledger_entry(index).await?;
            let sound = match &entry {
                Some(entry) => leaf_of(&entry.entry)?.hash().0 == entry.entry.leaf_hash,
                None => false,
            };
            let Some(entry) = entry.filter(|_| sound) else {
                return Err(Error::refused(
                    "ledger_altered",
                    format!("账本第 {index} 条与其摘要不符或缺失，账本可能被改动。"),
                ));
            };
            frontier.append(Hash(entry.entry.leaf_hash));
        }
        let stored: Vec<[u8; 32]> = frontier.peaks().iter().map(|peak| peak.0).collect();
        if stored != peaks {
            return Err(Error::refused(
                "ledger_altered",
                format!("账本共 {size} 条，逐条重算的根与保存的根不一致，账本可能被改动。"),
            ));
        }
        Ok(size)
    }

    /// One entry and the proof that it stands in the ledger (auditor).
    ///
    /// # Errors
    /// `wrong_role`; [`Error::NotFound`].
    pub async fn ledger_entry(&self, actor: &Actor, index: u64) -> Result<(LedgerEntry, Proof)> {
        check_administration(AdminAct::ReadLedger, actor, About::default())?;
        let entry = self.store.read().await?.ledger_entry(index).await?;
        let entry = entry.ok_or(Error::NotFound("ledger entry"))?;
        Ok((entry, self.ledger_proof(index).await?))
    }

    /// Checks the whole ledger, and writes down that it was checked and how it came out (auditor).
    ///
    /// # Errors
    /// `wrong_role`; `ledger_altered`.
    pub async fn audit(&self, actor: &Actor) -> Result<u64> {
        check_administration(AdminAct::ReadLedger, actor, About::default())?;
        let outcome = self.audit_ledger().await;
        let code = match &outcome {
            Ok(_) => "sound",
            Err(Error::Refused(refusal)) => refusal.code,
            Err(_) => "failed",
        };
        let fact = Fact::by(actor, "audit.checked", "ledger").with("outcome", code);
        self.note(fact).await?;
        outcome
    }

    /// Writes down that the auditor searched (auditor).
    ///
    /// # Errors
    /// `wrong_role`.
    pub async fn note_search(&self, actor: &Actor, words: &str) -> Result<()> {
        check_administration(AdminAct::ReadLedger, actor, About::default())?;
        let digest = hex::encode(gm::sm3(words.as_bytes()));
        self.note(Fact::by(actor, "audit.searched", "ledger").with("search", digest))
            .await
    }

    /// Entries with their proofs, one JSON document per line, oldest first: each can be checked offline with
    /// `yinxin ledger verify`. The export is written down (auditor).
    ///
    /// # Errors
    /// `wrong_role`; `ledger_export_too_large` beyond [`MOST_EXPORTED`] entries.
    pub async fn export_ledger(&self, actor: &Actor, filter: &LedgerFilter) -> Result<String> {
        check_administration(AdminAct::ReadLedger, actor, About::default())?;
        let mut tx = self.store.read().await?;
        let mut page = PageRequest {
            after: None,
            limit: 200,
        };
        let mut entries = Vec::new();
        loop {
            let found = tx.ledger_entries(filter, &page).await?;
            entries.extend(found.rows);
            if entries.len() > MOST_EXPORTED {
                return Err(Error::refused(
                    "ledger_export_too_large",
                    format!("符合条件的记录超过 {MOST_EXPORTED} 条，请缩小时间范围后分次导出。"),
                ));
            }
            match found.next {
                Some(next) => page.after = Some(next),
                None => break,
            }
        }
        let (size, peaks) = tx.ledger_frontier().await?;
        let peaks = peaks.into_iter().map(Hash).collect();
        let frontier =
            Frontier::from_peaks(size, peaks).map_err(|e| Error::internal("ledger", e))?;
        let head = self.sign_head(frontier.head()).await?;
        let mut lines = String::new();
        for entry in entries.iter().rev() {
            let places = ledger::inclusion_nodes(entry.index, size)
                .map_err(|e| Error::internal("ledger", e))?;
            let nodes = fetch(tx.as_mut(), &places).await?;
            let path = ledger::inclusion_proof(entry.index, size, &nodes)
                .map_err(|e| Error::internal("ledger", e))?;
            let leaf = leaf_of(&entry.entry)?;
            let proof = Proof::new(leaf, entry.index, path, head.clone(), &self.ledger_key);
            lines +=
                &serde_json::to_string(&proof).map_err(|e| Error::internal("serialising", e))?;
            lines.push('\n');
        }
        drop(tx);
        let fact =
            Fact::by(actor, "audit.exported", "ledger").with("entries", entries.len().to_string());
        self.note(fact).await?;
        Ok(lines)
    }

    /// Writes down that a list left the platform as a file or on paper.
    ///
    /// # Errors
    /// [`Error::Internal`].
    pub async fn note_export(&self, actor: &Actor, export: &ListExport) -> Result<()> {
        let fact = Fact::by(actor, "list.exported", &export.list)
            .with("list", &export.title)
            .with("filters", export.filters.join("；"))
            .with("rows", export.rows.to_string())
            .with("form", export.form);
        self.note(fact).await
    }

    async fn note(&self, fact: Fact) -> Result<()> {
        let mut tx = self.store.begin().await?;
        record(tx.as_mut(), self.clock.now(), vec![fact]).await?;
        Ok(tx.commit().await?)
    }

    async fn sign_head(&self, head: TreeHead) -> Result<SignedTreeHead> {
        let unsigned = UnsignedTreeHead::new(head, self.clock.now())
            .map_err(|e| Error::internal("ledger", e))?;
        let message = unsigned
            .message()
            .map_err(|e| Error::internal("ledger", e))?;
        let signature = self.keys.sign(&ledger_label(), &message, None).await?;
        Ok(unsigned.signed(&signature))
    }
}

/// The label of the ledger's key.
pub(crate) fn ledger_label() -> KeyLabel {
    // A constant of allowed characters.
    KeyLabel::new(LEDGER_KEY).expect("a constant label")
}

async fn fetch(tx: &mut dyn Tx, places: &[Position]) -> Result<Nodes> {
    let wanted: Vec<(u8, u64)> = places.iter().map(|p| (p.level, p.index)).collect();
    let hashes = tx.ledger_nodes(&wanted).await?;
    Ok(places
        .iter()
        .copied()
        .zip(hashes.into_iter().map(Hash))
        .collect())
}
