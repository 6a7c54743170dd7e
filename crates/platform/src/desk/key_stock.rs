//! The stock of USB KEYs: received in batches, issued with a seal, back again, destroyed by two.

use casework::key_stock::{may_receive, read_serials};
use casework::{
    Act, Actor, Application, BusinessType, Case, KeyAct, KeyHolding, KeySerial, KeyState, Medium,
    Produced, UsbKey, decide_key,
};
use uuid::Uuid;

use crate::{
    Platform,
    error::{Error, Result},
    journal::{self, Fact},
    ports::store::{Page, PageRequest, StoreError, Tx, UsbKeyFilter, UsbKeyRow},
};

/// Longest name of a vendor, model or batch.
const LONGEST_NAME: usize = 60;

/// A batch of keys that came in.
#[derive(Debug, Clone, Default)]
pub struct NewKeys {
    /// 厂商.
    pub vendor: String,
    /// 型号.
    pub model: String,
    /// 批次.
    pub batch: String,
    /// The serial numbers: one per line, or ranges.
    pub serials: String,
}

/// How many keys are in each state.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyCounts {
    /// In the order of a key's life.
    pub counts: Vec<(KeyState, u32)>,
    /// So few are left in stock that more should be ordered.
    pub low: bool,
}

impl Platform {
    /// Takes a batch of keys into the stock: all of them, or none. Answers how many.
    ///
    /// # Errors
    /// `wrong_role`, the refusals of `read_serials`, `key_batch_field`, `key_already_in_stock`.
    pub async fn receive_keys(&self, actor: &Actor, new: &NewKeys) -> Result<usize> {
        may_receive(actor)?;
        let serials = read_serials(&new.serials)?;
        let named = |what: &str, text: &str| {
            let text = text.trim();
            let fits = (1..=LONGEST_NAME).contains(&text.chars().count())
                && !text.chars().any(char::is_control);
            if fits {
                return Ok(text.to_owned());
            }
            Err(Error::refused(
                "key_batch_field",
                format!("请填写{what}，最多 {LONGEST_NAME} 个字。"),
            ))
        };
        let vendor = named("厂商", &new.vendor)?;
        let model = named("型号", &new.model)?;
        let batch = named("批次", &new.batch)?;
        let now = self.clock.now();
        let mut tx = self.store.begin().await?;
        for serial in &serials {
            let key = UsbKey::received(serial.clone(), &vendor, &model, &batch, actor, now);
            let row = self.key_row(&key, Uuid::now_v7(), 1)?;
            match tx.usb_key_insert(&row).await {
                Err(StoreError::Duplicate(_)) => {
                    return Err(Error::refused(
                        "key_already_in_stock",
                        format!("序列号 {serial} 已在库存登记中，本批没有入库，请核对后重新提交。"),
                    ));
                }
                other => other?,
            }
        }
        let fact = Fact::by(actor, "key.received", batch)
            .with("keys", serials.len().to_string())
            .with("vendor", vendor)
            .with("model", model);
        journal::record(tx.as_mut(), now, vec![fact]).await?;
        tx.commit().await?;
        Ok(serials.len())
    }

    /// The keys of the stock, last changed first.
    ///
    /// # Errors
    /// [`Error::Forbidden`] for anybody but the Center.
    pub async fn keys(
        &self,
        actor: &Actor,
        state: Option<KeyState>,
        text: Option<String>,
        page: &PageRequest,
    ) -> Result<Page<UsbKey>> {
        at_the_center(actor)?;
        let filter = UsbKeyFilter {
            state: state.map(|state| state.code().to_owned()),
            text,
        };
        let page = self.store.read().await?.usb_keys(&filter, page).await?;
        let rows = page
            .rows
            .iter()
            .map(|row| self.protection.open(&row.body))
            .collect::<Result<Vec<_>>>()?;
        Ok(Page {
            rows,
            next: page.next,
        })
    }

    /// How many keys there are of each state, and whether the stock runs low.
    ///
    /// # Errors
    /// [`Error::Forbidden`] for anybody but the Center.
    pub async fn key_counts(&self, actor: &Actor) -> Result<KeyCounts> {
        at_the_center(actor)?;
        let found = self.store.read().await?.usb_key_counts().await?;
        let counts: Vec<(KeyState, u32)> = KeyState::ALL
            .into_iter()
            .map(|state| {
                let count = found.iter().find(|(code, _)| code == state.code());
                (state, count.map_or(0, |(_, count)| *count))
            })
            .collect();
        let left = counts
            .iter()
            .find(|(state, _)| *state == KeyState::InStock)
            .map_or(0, |(_, count)| *count);
        Ok(KeyCounts {
            counts,
            low: left <= self.policy().key_stock_low,
        })
    }

    /// A key of the stock.
    ///
    /// # Errors
    /// [`Error::Forbidden`] for anybody but the Center; `key_unknown`.
    pub async fn key(&self, actor: &Actor, serial: &str) -> Result<UsbKey> {
        at_the_center(actor)?;
        let serial: KeySerial = serial.parse()?;
        let mut tx = self.store.read().await?;
        let (key, _) = self
            .load_key(tx.as_mut(), &serial)
            .await?
            .ok_or_else(|| unknown(&serial))?;
        Ok(key)
    }

    /// Does an act with a key by hand. What is issued is issued by a case.
    ///
    /// # Errors
    /// Refusals of `casework::decide_key`; `key_unknown`, `key_issued_by_case`.
    pub async fn act_on_key(&self, actor: &Actor, serial: &str, act: KeyAct) -> Result<UsbKey> {
        at_the_center(actor)?;
        if matches!(act, KeyAct::Issue { .. }) {
            return Err(Error::refused(
                "key_issued_by_case",
                "USB KEY 由办件制作印章时发出，不能单独发出。",
            ));
        }
        let serial: KeySerial = serial.parse()?;
        let mut tx = self.store.begin().await?;
        let mut facts = Vec::new();
        let key = self
            .change_key(tx.as_mut(), actor, &serial, &act, &mut facts)
            .await?
            .ok_or_else(|| unknown(&serial))?;
        journal::record(tx.as_mut(), self.clock.now(), facts).await?;
        tx.commit().await?;
        Ok(key)
    }

    /// The acts, each start of production on a USB KEY after the taking of a key from the stock where the maker named
    /// none.
    ///
    /// # Errors
    /// `key_stock_empty`, where the policy asks for keys of the stock.
    pub(crate) async fn with_keys(
        &self,
        tx: &mut dyn Tx,
        case: &Case,
        acts: &[Act],
    ) -> Result<Vec<Act>> {
        let starts = |act: &Act| match act {
            Act::StartProduction { application } => case
                .application(*application)
                .filter(|a| a.key_presented.is_none() && casework::gets_a_key(case, a)),
            _ => None,
        };
        let wanted = acts.iter().filter_map(starts).count();
        if wanted == 0 {
            return Ok(acts.to_vec());
        }
        let limit = u32::try_from(wanted).unwrap_or(u32::MAX);
        let mut free = tx.usb_keys_free(limit).await?.into_iter();
        let required = self.policy().key_stock_required;
        let mut all = Vec::with_capacity(acts.len() + wanted);
        for act in acts {
            if let Some(application) = starts(act) {
                match free.next() {
                    Some(row) => all.push(Act::PresentKey {
                        application: application.id,
                        serial: row.serial,
                    }),
                    None if required => {
                        return Err(Error::refused(
                            "key_stock_empty",
                            format!(
                                "USB KEY 库存不足：还需 {wanted} 把，请先在「USB KEY 库存」登记入库。"
                            ),
                        ));
                    }
                    None => {}
                }
            }
            all.push(act.clone());
        }
        Ok(all)
    }

    /// Before a key is taken for a new seal: it must be free, and the one that was taken before is put back.
    pub(super) async fn key_is_taken(
        &self,
        tx: &mut dyn Tx,
        case: &Case,
        application: &Application,
        serial: &str,
        actor: &Actor,
        facts: &mut Vec<Fact>,
    ) -> Result<()> {
        let Ok(serial) = serial.parse::<KeySerial>() else {
            // The process refuses it in its own words.
            return Ok(());
        };
        let taken = self.load_key(tx, &serial).await?;
        match taken {
            Some((key, _)) if key.state != KeyState::InStock => {
                return Err(key.cannot_be_issued().into());
            }
            None if self.policy().key_stock_required => return Err(unknown(&serial)),
            _ => {}
        }
        self.put_back(tx, application, actor, facts).await?;
        let Some(form) = application.form.as_ref().filter(|_| taken.is_some()) else {
            return Ok(());
        };
        let holding = Box::new(KeyHolding {
            unit: case.unit.id,
            unit_name: form.unit.name.clone(),
            seal_name: form.seal.name.clone(),
            seal: None,
            application: application.id,
            case: case.id,
            case_number: case.number.to_string(),
        });
        let act = KeyAct::Issue { holding };
        self.change_key(tx, actor, &serial, &act, facts).await?;
        Ok(())
    }

    /// Puts the key that was taken for an application back into the stock: nothing is on it yet.
    pub(super) async fn put_back(
        &self,
        tx: &mut dyn Tx,
        application: &Application,
        actor: &Actor,
        facts: &mut Vec<Fact>,
    ) -> Result<()> {
        let taken = application
            .key_presented
            .as_ref()
            .and_then(|key| key.serial.parse::<KeySerial>().ok());
        let Some(serial) = taken else {
            return Ok(());
        };
        let Some((key, _)) = self.load_key(tx, &serial).await? else {
            return Ok(());
        };
        let still_empty = key.state == KeyState::Issued
            && key.holding.as_ref().is_some_and(|holding| {
                holding.seal.is_none() && holding.application == application.id
            });
        if still_empty {
            let keeper = Actor::system_for(actor);
            let note = "未写入印章".to_owned();
            for act in [KeyAct::Return { note }, KeyAct::Restock] {
                self.change_key(tx, &keeper, &serial, &act, facts).await?;
            }
        }
        Ok(())
    }

    /// What a seal that was made or revoked means for the keys of the stock.
    pub(super) async fn keys_follow(
        &self,
        tx: &mut dyn Tx,
        case: &Case,
        application: &Application,
        produced: &Produced,
        actor: &Actor,
        facts: &mut Vec<Fact>,
    ) -> Result<()> {
        let Some(form) = application.form.as_ref() else {
            return Ok(());
        };
        let read = |serial: &str| serial.parse::<KeySerial>().ok();
        let former = form
            .existing
            .as_ref()
            .and_then(|existing| existing.key_serial.as_deref())
            .and_then(read);
        let now_on = produced
            .key_serial
            .as_deref()
            .filter(|_| case.business.makes_a_seal() && form.medium == Medium::UsbKey)
            .and_then(read);
        let leaves = case.business == BusinessType::Revocation
            || (case.business.makes_a_seal() && now_on != former);
        if let Some(former) = former.filter(|_| leaves) {
            let note = format!("按办件 {}", case.number);
            // A reissued seal's old key was lost; one that was shown at the desk stays there.
            let shown = application.key_presented.is_some() && !case.business.needs_collection();
            let act = if shown {
                KeyAct::Return { note }
            } else {
                KeyAct::ReportLost { note }
            };
            self.change_key_if_issued(tx, actor, &former, &act, facts)
                .await?;
        }
        let Some(serial) = now_on else {
            return Ok(());
        };
        if let Some((mut key, row)) = self.load_key(tx, &serial).await?
            && key.state == KeyState::Issued
        {
            key.holding = Some(KeyHolding {
                unit: case.unit.id,
                unit_name: form.unit.name.clone(),
                seal_name: form.seal.name.clone(),
                seal: Some(produced.seal),
                application: application.id,
                case: case.id,
                case_number: case.number.to_string(),
            });
            tx.usb_key_update(&self.key_row(&key, row.id, row.version)?)
                .await?;
        }
        Ok(())
    }

    /// A key that the stock does not know, or that is not out, has nothing to come back from.
    async fn change_key_if_issued(
        &self,
        tx: &mut dyn Tx,
        actor: &Actor,
        serial: &KeySerial,
        act: &KeyAct,
        facts: &mut Vec<Fact>,
    ) -> Result<()> {
        let issued = self
            .load_key(tx, serial)
            .await?
            .is_some_and(|(key, _)| key.state == KeyState::Issued);
        if issued {
            self.change_key(tx, actor, serial, act, facts).await?;
        }
        Ok(())
    }

    async fn change_key(
        &self,
        tx: &mut dyn Tx,
        actor: &Actor,
        serial: &KeySerial,
        act: &KeyAct,
        facts: &mut Vec<Fact>,
    ) -> Result<Option<UsbKey>> {
        let Some((key, row)) = self.load_key(tx, serial).await? else {
            return Ok(None);
        };
        let after = decide_key(&key, act, actor, self.clock.now())?;
        tx.usb_key_update(&self.key_row(&after, row.id, row.version)?)
            .await?;
        let mut fact = Fact::by(actor, format!("key.{}", act.code()), serial.to_string())
            .with("state", after.state.code());
        if let Some(holding) = &after.holding {
            fact = fact.with("unit", holding.unit.to_string());
        }
        facts.push(fact);
        Ok(Some(after))
    }

    async fn load_key(
        &self,
        tx: &mut dyn Tx,
        serial: &KeySerial,
    ) -> Result<Option<(UsbKey, UsbKeyRow)>> {
        let Some(row) = tx.usb_key(serial.as_str()).await? else {
            return Ok(None);
        };
        Ok(Some((self.protection.open(&row.body)?, row)))
    }

    fn key_row(&self, key: &UsbKey, id: Uuid, version: i64) -> Result<UsbKeyRow> {
        Ok(UsbKeyRow {
            id,
            serial: key.serial.to_string(),
            state: key.state.code().to_owned(),
            batch: key.batch.clone(),
            unit: key.holding.as_ref().map(|holding| holding.unit),
            unit_name: key
                .holding
                .as_ref()
                .map(|holding| holding.unit_name.clone())
                .unwrap_or_default(),
            updated_at: self.clock.now(),
            version,
            body: self.protection.seal(key)?,
        })
    }
}

fn at_the_center(actor: &Actor) -> Result<()> {
    if actor.post.role.is_center() {
        Ok(())
    } else {
        Err(Error::Forbidden)
    }
}

fn unknown(serial: &KeySerial) -> Error {
    Error::refused(
        "key_unknown",
        format!("USB KEY {serial} 不在库存登记中，请核对序列号；新到的 USB KEY 请先入库。"),
    )
}
