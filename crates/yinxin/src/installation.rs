//! An installation: its data folder, locked, and the platform over the adapters.

use std::fs::{self, DirBuilder, File, TryLockError};
use std::path::Path;
use std::sync::Arc;

use authority::Embedded;
use files::Folder;
use keys::{MasterKey, Vault};
use papers::Typesetter;
use platform::ports::{Clock, Keys, Mail, ShortMessages};
use platform::{Platform, Ports, Settings};

use crate::config::Config;
use crate::failure::Failure;
use crate::moment::SystemClock;
use crate::trust_folder;

/// Where the web serves the seals' revocation list.
const CRL_PATH: &str = "/api/v1/crl";

/// A platform in its data folder. The folder is nobody else's while this lives.
pub(crate) struct Installation {
    pub(crate) platform: Arc<Platform>,
    _lock: File,
}

impl Installation {
    /// Opens the installation, or makes what is not there yet. `public_url` is where its pages are found.
    pub(crate) async fn open(config: &Config, public_url: &str) -> Result<Self, Failure> {
        let folder = &config.data;
        make_folder(folder)?;
        let lock = lock(folder)?;
        let master = match &config.master_key {
            Some(key) => MasterKey::from_hex(key.reveal()),
            None => MasterKey::load_or_create(&folder.join("master.key")),
        }
        .map_err(|e| Failure::internal("无法使用主密钥", &e))?;
        let vault = Vault::open(folder.join("keys"), &master)
            .map_err(|e| Failure::internal("无法打开密钥库", &e))?;
        let keys: Arc<dyn Keys> = Arc::new(vault);
        let clock = SystemClock;
        let settings = authority::Settings {
            organization: config.policy.center.name.clone(),
            crl_url: format!("{}{CRL_PATH}", public_url.trim_end_matches('/')),
            root_crl_url: None,
        };
        let authority =
            Embedded::open(&folder.join("ca"), Arc::clone(&keys), settings, clock.now())
                .await
                .map_err(|e| Failure::internal("无法打开签发机构", &e))?;
        let store = store::open(&config.database())
            .await
            .map_err(|e| Failure::internal("无法打开数据库", &e))?;
        let files = Folder::open(&folder.join("files"))
            .map_err(|e| Failure::internal("无法打开文件夹 files", &e))?;
        let trusted = match &config.trust {
            Some(place) => trust_folder::read(std::slice::from_ref(place))?,
            None => Vec::new(),
        };
        let ports = Ports {
            store,
            files: Arc::new(files),
            keys,
            authority: Arc::new(authority),
            papers: Arc::new(typesetter(config.fonts.as_deref())?),
            clock: Arc::new(clock),
            sheets: Arc::new(papers::Workbooks),
            mail: config
                .mail()?
                .map(|mail| -> Arc<dyn Mail> { Arc::new(mail) }),
            sms: config
                .sms()?
                .map(|sms| -> Arc<dyn ShortMessages> { Arc::new(sms) }),
            letters: Arc::new(papers::WordLetters),
        };
        let settings = Settings {
            policy: config.policy.clone(),
            seal_validity_days: config.seal_validity_days,
            public_url: public_url.to_owned(),
            max_file_bytes: config.max_file_mb as usize * 1024 * 1024,
            trusted,
        };
        let platform = Platform::open(ports, settings, data_key(&master)).await?;
        Ok(Self {
            platform: Arc::new(platform),
            _lock: lock,
        })
    }
}

/// The typesetter, with the operator's own typefaces beside ours.
fn typesetter(folder: Option<&Path>) -> Result<Typesetter, Failure> {
    let Some(folder) = folder else {
        return Ok(Typesetter::embedded());
    };
    Typesetter::with_folder(folder).map_err(|e| {
        let shown = folder.display();
        Failure::new(
            "fonts_unusable",
            format!("无法使用字体文件夹“{shown}”：{e}。文件夹中只能有 ttf、otf、ttc 字体文件。"),
        )
    })
}

/// The key that protects personal data: derived from the master key, so that one secret is to be kept.
fn data_key(master: &MasterKey) -> [u8; 16] {
    let derived = master.derive("platform/personal-data");
    std::array::from_fn(|n| derived[n])
}

fn make_folder(folder: &Path) -> Result<(), Failure> {
    let mut builder = DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder).map_err(|e| {
        Failure::new(
            "data_unusable",
            format!("无法使用数据文件夹“{}”：{e}", folder.display()),
        )
    })
}

fn lock(folder: &Path) -> Result<File, Failure> {
    let shown = folder.display();
    let unusable = |e: std::io::Error| {
        Failure::new("data_unusable", format!("无法锁定数据文件夹“{shown}”：{e}"))
    };
    let file = fs::OpenOptions::new()
        .create(true)
        .truncate(false)
        .write(true)
        .open(folder.join("lock"))
        .map_err(unusable)?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(Failure::new(
            "data_in_use",
            format!(
                "数据文件夹“{shown}”正被另一个 yinxin 进程使用，请先停止它，或用 --data 另指一个文件夹。"
            ),
        )),
        Err(TryLockError::Error(error)) => Err(unusable(error)),
    }
}
