//! Materials: the files of a case. They are looked at when they come in, kept under their digest, and never changed.

use std::collections::{BTreeMap, BTreeSet};

use casework::{
    Act, Actor, ApplicationId, Case, CaseId, FileDigest, FormDraft, Material, MaterialId,
    MaterialKind, PaperTracking,
};
use futures_util::{StreamExt as _, TryStreamExt as _, stream};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{
    Platform,
    case::CaseView,
    error::{Error, Result},
    ports::store::Tx,
};

const LONGEST_NAME: usize = 200;
/// Files of one upload that are looked at at once.
const LOOKED_AT_ONCE: usize = 4;

/// A file to be attached to a case.
#[derive(Debug, Clone)]
pub struct NewMaterial {
    /// What it is.
    pub kind: MaterialKind,
    /// The application it belongs to, for kinds that belong to one.
    pub application: Option<ApplicationId>,
    /// File name as uploaded.
    pub name: String,
    /// The file.
    pub bytes: Vec<u8>,
}

/// A file that was looked at and kept.
pub(crate) struct Examined {
    pub(crate) material: Material,
    request_key: Option<String>,
    remarks: Vec<Remark>,
}

/// A kept file, ready to be shown.
#[derive(Debug, Clone)]
pub struct MaterialFile {
    /// File name.
    pub name: String,
    /// Media type by its content.
    pub media_type: &'static str,
    /// The file.
    pub bytes: Vec<u8>,
}

/// What was noticed about a file that came in: advice, no refusal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Remark {
    /// Stable code.
    pub code: String,
    /// The sentence.
    pub message: String,
}

impl Platform {
    /// Attaches a file to a case; an imprint or P10 is also entered into its form.
    ///
    /// # Errors
    /// Refusals about the file (`file_empty`, `file_too_large`, `file_type`, those of pictures), and those of the
    /// process.
    pub async fn attach(
        &self,
        actor: &Actor,
        id: CaseId,
        expected: Option<u64>,
        new: NewMaterial,
    ) -> Result<(CaseView, MaterialId, Vec<Remark>)> {
        let (view, attached) = self.attach_all(actor, id, expected, vec![new]).await?;
        let (material, remarks) = attached
            .into_iter()
            .next()
            .ok_or_else(|| Error::internal("attaching", "no material"))?;
        Ok((view, material, remarks))
    }

    /// Attaches several files in one step, all of them or none; the case is written once.
    ///
    /// # Errors
    /// As [`Platform::attach`], with the name of the file that it concerns.
    pub async fn attach_all(
        &self,
        actor: &Actor,
        id: CaseId,
        expected: Option<u64>,
        files: Vec<NewMaterial>,
    ) -> Result<(CaseView, Vec<(MaterialId, Vec<Remark>)>)> {
        let examined: Vec<Examined> = stream::iter(files)
            .map(|file| self.examined(actor, file))
            .buffered(LOOKED_AT_ONCE)
            .try_collect()
            .await?;
        self.attach_examined(actor, id, expected, examined).await
    }

    /// Attaches files that were looked at and kept.
    pub(crate) async fn attach_examined(
        &self,
        actor: &Actor,
        id: CaseId,
        expected: Option<u64>,
        examined: Vec<Examined>,
    ) -> Result<(CaseView, Vec<(MaterialId, Vec<Remark>)>)> {
        let mut tx = self.store.begin().await?;
        let (mut case, version) = self.load(tx.as_mut(), id).await?;
        if expected.is_some_and(|seen| seen != case.version) {
            return Err(Error::Conflict);
        }
        crate::case::visible(actor, &case)?;
        let attached = self
            .attach_in(tx.as_mut(), &mut case, version, actor, examined, None)
            .await?;
        tx.commit().await?;
        Ok((self.view(actor, case), attached))
    }

    /// Attaches files that were looked at, inside a transaction. `size`: an imprint's size in mm, to be entered into
    /// its form with it.
    pub(crate) async fn attach_in(
        &self,
        tx: &mut dyn Tx,
        case: &mut Case,
        version: i64,
        actor: &Actor,
        examined: Vec<Examined>,
        size: Option<(String, String)>,
    ) -> Result<Vec<(MaterialId, Vec<Remark>)>> {
        let mut acts = Vec::with_capacity(examined.len() * 2);
        let mut drafts = BTreeMap::new();
        let mut former = BTreeSet::new();
        let mut attached = Vec::with_capacity(examined.len());
        for mut file in examined {
            file.material.revision = case.revision;
            let id = file.material.id;
            if let Some(key) = file.request_key {
                tx.request_key_insert(&key, case.id, id).await?;
            }
            let entry = enter_into_form(case, &mut drafts, &file.material, size.as_ref());
            former.extend(replaced(self, case, actor, &file.material));
            acts.push(Act::AttachMaterial {
                material: Box::new(file.material),
                text: None,
            });
            acts.extend(entry);
            attached.push((id, file.remarks));
        }
        acts.extend(
            former
                .into_iter()
                .map(|material| Act::RemoveMaterial { material }),
        );
        self.advance_all(tx, case, version, actor, &acts).await?;
        Ok(attached)
    }

    /// Looks at a file and keeps it.
    pub(crate) async fn examined(&self, actor: &Actor, new: NewMaterial) -> Result<Examined> {
        self.check_size(&new.name, new.bytes.len())?;
        let name = clean_name(&new.name);
        let (bytes, remarks) = examine(new.kind, &name, new.bytes).await?;
        let request_key = (new.kind == MaterialKind::P10)
            .then(|| pki::CertificateRequest::parse(&bytes).ok())
            .flatten()
            .and_then(|request| request.public_key().map(key_digest));
        let file = NewMaterial { name, bytes, ..new };
        Ok(Examined {
            request_key,
            remarks,
            ..self.kept(actor, file).await?
        })
    }

    /// Keeps a file that is as it should be; what shows a person is kept encrypted.
    pub(crate) async fn kept(&self, actor: &Actor, file: NewMaterial) -> Result<Examined> {
        let size = file.bytes.len() as u64;
        let (digest, sealed_as) = if file.kind.is_personal() {
            let digest = FileDigest::from_bytes(gm::sm3(&file.bytes));
            let sealed = self.protection.seal_file(&file.bytes);
            (digest, Some(self.files.put(sealed).await?))
        } else {
            (self.files.put(file.bytes).await?, None)
        };
        Ok(Examined {
            material: Material {
                id: MaterialId::from_uuid(Uuid::now_v7()),
                kind: file.kind,
                application: file.application,
                digest,
                sealed_as,
                name: file.name,
                size,
                uploaded_by: actor.clone(),
                uploaded_at: self.clock.now(),
                revision: 0,
                paper: PaperTracking::None,
                letter: None,
                carried_from: None,
                removed_at: None,
            },
            request_key: None,
            remarks: Vec::new(),
        })
    }

    /// A material's file, for somebody who may see the case.
    ///
    /// # Errors
    /// [`Error::NotFound`].
    pub async fn material_file(
        &self,
        actor: &Actor,
        case: CaseId,
        material: MaterialId,
    ) -> Result<MaterialFile> {
        let view = self.case(actor, case).await?;
        let material = view
            .case
            .material(material)
            .ok_or(Error::NotFound("material"))?;
        let bytes = match &material.sealed_as {
            Some(sealed) => self.protection.open_file(&self.files.get(sealed).await?)?,
            None => self.files.get(&material.digest).await?,
        };
        let media_type = match material.kind {
            MaterialKind::EditedLetter => DOCX,
            _ => FileType::of(&bytes).map_or("application/octet-stream", FileType::media_type),
        };
        Ok(MaterialFile {
            name: material.name.clone(),
            media_type,
            bytes,
        })
    }

    /// The imprint of an application as a clean picture (PNG with alpha), as the seal will show it.
    ///
    /// # Errors
    /// [`Error::NotFound`] where there is none yet; refusals of pictures.
    pub async fn clean_imprint(
        &self,
        actor: &Actor,
        case: CaseId,
        application: ApplicationId,
    ) -> Result<imprint::Imprint> {
        let view = self.case(actor, case).await?;
        let application = view
            .case
            .application(application)
            .ok_or(Error::NotFound("application"))?;
        let number = |text: &Option<String>| text.as_deref().and_then(|t| t.trim().parse().ok());
        let width = number(&application.draft.width).unwrap_or(DEFAULT_MM);
        let height = number(&application.draft.height).unwrap_or(DEFAULT_MM);
        let personal = application.kind() == Some(casework::SealKind::Personal);
        // What was stamped on the form and confirmed is what the seal is made with.
        let current = application
            .form
            .as_ref()
            .is_some_and(|form| form.imprint == application.draft.imprint);
        if current
            && let Some(picture) = self
                .confirmed_imprint(application.id, application.form_revision)
                .await?
        {
            return self.clean_bytes(picture, width, height, personal).await;
        }
        let material = application
            .draft
            .imprint
            .and_then(|id| view.case.material(id))
            .ok_or(Error::NotFound("imprint"))?;
        self.clean_picture(&material.digest, width, height, personal)
            .await
    }

    /// A kept imprint as a clean picture of a size in mm.
    pub(crate) async fn clean_picture(
        &self,
        digest: &FileDigest,
        width: f64,
        height: f64,
        personal: bool,
    ) -> Result<imprint::Imprint> {
        let bytes = self.files.get(digest).await?;
        self.clean_bytes(bytes, width, height, personal).await
    }

    /// An imprint as a clean picture of a size in mm.
    pub(crate) async fn clean_bytes(
        &self,
        bytes: Vec<u8>,
        width: f64,
        height: f64,
        personal: bool,
    ) -> Result<imprint::Imprint> {
        let ink = if personal {
            imprint::Ink::Any
        } else {
            imprint::Ink::Red
        };
        let declared = imprint::Declared::new(width, height, ink)?;
        Ok(blocking(move || imprint::clean(&bytes, &declared)).await??)
    }

    /// Refuses what is empty or larger than this installation takes.
    pub(crate) fn check_size(&self, name: &str, bytes: usize) -> Result<()> {
        if bytes == 0 {
            return Err(Error::refused(
                "file_empty",
                format!("文件「{name}」是空的（0 字节），请重新选择文件。"),
            ));
        }
        if bytes > self.settings.max_file_bytes {
            let most = self.settings.max_file_bytes / (1024 * 1024);
            return Err(Error::refused(
                "file_too_large",
                format!("文件「{name}」超过 {most} MB，请压缩或分成几个文件后再上传。"),
            ));
        }
        Ok(())
    }
}

/// What an upload takes the place of: of all but further papers there is one of each kind, and the former stays in the
/// record (涂改).
fn replaced(
    platform: &Platform,
    case: &Case,
    actor: &Actor,
    new: &Material,
) -> BTreeSet<MaterialId> {
    let may = casework::allowed_acts(case, actor, &platform.policy());
    if new.kind == MaterialKind::Other || !may.contains(&casework::ActKind::RemoveMaterial) {
        return BTreeSet::new();
    }
    case.live_materials()
        .filter(|held| held.kind == new.kind && held.application == new.application)
        .map(|held| held.id)
        .collect()
}

/// Media type of a letter as a Word file.
const DOCX: &str = "application/vnd.openxmlformats-officedocument.wordprocessingml.document";

/// Size in mm assumed while the form does not say one.
const DEFAULT_MM: f64 = 40.0;

/// SM3 of a public key, hex: tells a key seen before.
pub(crate) fn key_digest(key: &gm::PublicKey) -> String {
    hex::encode(gm::sm3(&key.to_sec1()))
}

/// Runs heavy work away from the threads that answer requests.
pub(crate) async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T> {
    tokio::task::spawn_blocking(work)
        .await
        .map_err(|e| Error::internal("background work", e))
}

/// A kind of file that materials come in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum FileType {
    Pdf,
    Jpeg,
    Png,
    Ofd,
}

impl FileType {
    fn of(bytes: &[u8]) -> Option<Self> {
        match bytes {
            [b'%', b'P', b'D', b'F', b'-', ..] => Some(Self::Pdf),
            [0xff, 0xd8, 0xff, ..] => Some(Self::Jpeg),
            [0x89, b'P', b'N', b'G', b'\r', b'\n', 0x1a, b'\n', ..] => Some(Self::Png),
            [b'P', b'K', 3, 4, ..] => Some(Self::Ofd),
            _ => None,
        }
    }

    fn media_type(self) -> &'static str {
        match self {
            Self::Pdf => "application/pdf",
            Self::Jpeg => "image/jpeg",
            Self::Png => "image/png",
            Self::Ofd => "application/ofd",
        }
    }
}

async fn examine(kind: MaterialKind, name: &str, bytes: Vec<u8>) -> Result<(Vec<u8>, Vec<Remark>)> {
    match kind {
        MaterialKind::Imprint => {
            let (bytes, looked_at) = look_at(bytes).await?;
            looked_at?;
            Ok((bytes, Vec::new()))
        }
        // It comes in where it is compared with the forms.
        MaterialKind::EditedLetter => Err(Error::refused(
            "letter_not_checked",
            "红头函的 Word 稿请在“核对修改后的 Word 稿”处上传，核对一致后随办件保存。",
        )),
        MaterialKind::CollectionSignature
            if matches!(FileType::of(&bytes), Some(FileType::Jpeg | FileType::Png)) =>
        {
            let (bytes, looked_at) = look_at(bytes).await?;
            match looked_at {
                Err(imprint::ImprintError::Blank) => Err(Error::refused(
                    "signature_blank",
                    "签名是空白的，请领取人在签名框内签写姓名，或上传签好的领取签收单。",
                )),
                Err(other) => Err(other.into()),
                Ok(()) => Ok((bytes, Vec::new())),
            }
        }
        MaterialKind::P10 => {
            let remarks = match pki::CertificateRequest::parse(&bytes) {
                // A private key is not kept, not even by mistake.
                Err(problem) if problem.code == "p10_private_key" => {
                    return Err(Error::refused(problem.code, problem.message));
                }
                Err(problem) => vec![Remark {
                    code: problem.code.to_owned(),
                    message: problem.message,
                }],
                Ok(request) => request
                    .check()
                    .into_iter()
                    .map(|problem| Remark {
                        code: problem.code.to_owned(),
                        message: problem.message,
                    })
                    .collect(),
            };
            Ok((bytes, remarks))
        }
        _ if matches!(
            FileType::of(&bytes),
            Some(FileType::Pdf | FileType::Jpeg | FileType::Png)
        ) =>
        {
            Ok((bytes, Vec::new()))
        }
        _ => Err(Error::refused(
            "file_type",
            format!(
                "文件「{name}」不是 PDF、JPEG 或 PNG，无法作为材料上传，请重新扫描或另存为这些格式。"
            ),
        )),
    }
}

/// Decodes a picture and looks for ink in it, so that what cannot be one is refused before it is kept.
async fn look_at(bytes: Vec<u8>) -> Result<(Vec<u8>, Result<(), imprint::ImprintError>)> {
    blocking(move || {
        let declared = imprint::Declared::new(DEFAULT_MM, DEFAULT_MM, imprint::Ink::Any);
        let looked_at = declared.and_then(|declared| imprint::clean(&bytes, &declared).map(drop));
        (bytes, looked_at)
    })
    .await
}

/// Enters an imprint or P10 into its form; `drafts` are the forms as the files before have left them.
fn enter_into_form(
    case: &Case,
    drafts: &mut BTreeMap<ApplicationId, FormDraft>,
    material: &Material,
    size: Option<&(String, String)>,
) -> Option<Act> {
    let application = case.application(material.application?)?;
    let draft = drafts
        .entry(application.id)
        .or_insert_with(|| application.draft.clone());
    match material.kind {
        MaterialKind::Imprint => {
            draft.imprint = Some(material.id);
            if let Some((width, height)) = size {
                draft.width = Some(width.clone());
                draft.height = Some(height.clone());
            }
        }
        MaterialKind::P10 => draft.request = Some(material.id),
        _ => return None,
    }
    Some(Act::SaveDraft {
        application: application.id,
        draft: draft.clone(),
    })
}

pub(crate) fn clean_name(name: &str) -> String {
    let base = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let clean: String = base
        .chars()
        .filter(|c| !c.is_control())
        .take(LONGEST_NAME)
        .collect();
    if clean.trim().is_empty() {
        "未命名文件".to_owned()
    } else {
        clean
    }
}
