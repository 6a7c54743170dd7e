use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use casework::Actor;
use jiff::Timestamp;
use platform::ports::{Clock, Keys, Mail, Papers, ShortMessages};
use platform::{Account, DemoAccount, Platform, Ports, Settings};
use tempfile::TempDir;

use crate::clock::TestClock;
use crate::database::Database;
use crate::faults::Faults;
use crate::printed::Printed;

/// When tests begin: 22 November 2026, 10:30 in Beijing.
const START: &str = "2026-11-22T02:30:00Z";

/// A platform over real adapters, for one test.
pub struct TestApp {
    /// The platform.
    pub platform: Arc<Platform>,
    /// Its clock.
    pub clock: Arc<TestClock>,
    /// Its end, on demand.
    pub faults: Arc<Faults>,
    /// Its keys, for what nobody should be able to do.
    pub keys: Arc<dyn Keys>,
    /// What was last printed.
    pub printed: Arc<Printed>,
    accounts: HashMap<String, Account>,
    settings: Settings,
    outside: Outside,
    database: Database,
    folder: TempDir,
}

/// The ways out of the house.
#[derive(Clone, Default)]
struct Outside {
    mail: Option<Arc<dyn Mail>>,
    sms: Option<Arc<dyn ShortMessages>>,
}

impl TestApp {
    /// With a register in a file.
    pub async fn sqlite() -> Self {
        Self::open(
            Database::File,
            tempfile::tempdir().unwrap(),
            Settings::default(),
        )
        .await
    }

    /// With a register on PostgreSQL; `None` (said aloud) where `YINXIN_TEST_POSTGRES` names no server.
    pub async fn postgres() -> Option<Self> {
        let database = Database::on_server().await?;
        Some(Self::open(database, tempfile::tempdir().unwrap(), Settings::default()).await)
    }

    /// With a register in a file, and other settings.
    pub async fn with_settings(settings: Settings) -> Self {
        Self::open(Database::File, tempfile::tempdir().unwrap(), settings).await
    }

    /// Opens a new platform on the same data, as after a kill; the clock goes on.
    pub async fn restart(&mut self) {
        self.faults = Arc::default();
        let ports = ports(
            self.folder.path(),
            &self.database,
            Arc::clone(&self.clock),
            &self.faults,
            &self.outside,
            &self.printed,
        )
        .await;
        self.keys = Arc::clone(&ports.keys);
        self.platform = Arc::new(
            Platform::open(ports, self.settings.clone(), DATA_KEY)
                .await
                .unwrap(),
        );
        self.platform.recover().await.unwrap();
    }

    /// Opens the platform anew with ways out of the house.
    pub async fn connect(
        &mut self,
        mail: Option<Arc<dyn Mail>>,
        sms: Option<Arc<dyn ShortMessages>>,
    ) {
        self.outside = Outside { mail, sms };
        self.restart().await;
    }

    /// A second platform over a copy of the data. Nothing may be at work on the first meanwhile.
    pub async fn copy(&self) -> Self {
        assert!(
            matches!(self.database, Database::File),
            "only files can be copied"
        );
        let folder = tempfile::tempdir().unwrap();
        copy_folder(self.folder.path(), folder.path());
        let app = Self::open(Database::File, folder, self.settings.clone()).await;
        app.clock.set(self.clock.now());
        app
    }

    /// A demonstration account in its post.
    pub fn actor(&self, login: &str) -> Actor {
        self.account(login).actor(0).unwrap()
    }

    /// A demonstration account.
    pub fn account(&self, login: &str) -> &Account {
        self.accounts
            .get(login)
            .unwrap_or_else(|| panic!("no demo account {login}"))
    }

    /// The folder with everything that is kept.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// The register's address, for what no act of the platform does.
    pub fn database_url(&self) -> String {
        self.database.url(self.folder.path())
    }

    /// The register's file.
    pub fn register_file(&self) -> PathBuf {
        self.folder.path().join("yinxin.sqlite")
    }

    /// Where a kept file lies.
    pub fn material_path(&self, digest: casework::FileDigest) -> PathBuf {
        let name = digest.to_string();
        let (first, rest) = name.split_at(2);
        let files = self.folder.path().join("files");
        files.join(first).join(&rest[..2]).join(&name)
    }

    /// Does everything that is due.
    pub async fn run_jobs(&self) {
        self.platform.run_due_jobs().await.unwrap();
    }

    async fn open(database: Database, folder: TempDir, settings: Settings) -> Self {
        let start: Timestamp = START.parse().unwrap();
        let clock = Arc::new(TestClock::at(start));
        let faults = Arc::<Faults>::default();
        let outside = Outside::default();
        let printed = Arc::<Printed>::default();
        let ports = ports(
            folder.path(),
            &database,
            Arc::clone(&clock),
            &faults,
            &outside,
            &printed,
        )
        .await;
        let keys = Arc::clone(&ports.keys);
        let platform = Platform::open(ports, settings.clone(), DATA_KEY)
            .await
            .unwrap();
        platform.install_demo().await.unwrap();
        let administrator = platform
            .sign_in("xitong", DemoAccount::PASSWORD)
            .await
            .unwrap();
        let accounts = platform
            .accounts(&administrator.actor(0).unwrap())
            .await
            .unwrap();
        Self {
            platform: Arc::new(platform),
            clock,
            faults,
            keys,
            printed,
            accounts: accounts.into_iter().map(|a| (a.login.clone(), a)).collect(),
            settings,
            outside,
            database,
            folder,
        }
    }
}

/// Protects the personal data of tests.
const DATA_KEY: [u8; 16] = *b"0123456789abcdef";

async fn ports(
    folder: &Path,
    database: &Database,
    clock: Arc<TestClock>,
    faults: &Arc<Faults>,
    outside: &Outside,
    printed: &Arc<Printed>,
) -> Ports {
    let master = keys::MasterKey::load_or_create(&folder.join("master.key")).unwrap();
    let vault: Arc<dyn Keys> = Arc::new(keys::Vault::open(folder.join("keys"), &master).unwrap());
    let settings = authority::Settings {
        organization: "福建省经济信息中心".to_owned(),
        crl_url: "http://127.0.0.1:8080/api/v1/crl".to_owned(),
        root_crl_url: None,
    };
    let authority = authority::Embedded::open(
        &folder.join("ca"),
        Arc::clone(&vault),
        settings,
        clock.now(),
    )
    .await
    .unwrap();
    faults.around(Ports {
        store: store::open(&database.url(folder)).await.unwrap(),
        files: Arc::new(files::Folder::open(&folder.join("files")).unwrap()),
        keys: vault,
        authority: Arc::new(authority),
        papers: Arc::clone(printed) as Arc<dyn Papers>,
        clock,
        sheets: Arc::new(papers::Workbooks),
        mail: outside.mail.clone(),
        sms: outside.sms.clone(),
        letters: Arc::new(papers::WordLetters),
    })
}

fn copy_folder(from: &Path, to: &Path) {
    for entry in std::fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            std::fs::create_dir(&target).unwrap();
            copy_folder(&entry.path(), &target);
        } else {
            std::fs::copy(entry.path(), &target).unwrap();
        }
    }
}
