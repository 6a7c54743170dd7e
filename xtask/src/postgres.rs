//! A PostgreSQL of our own in a temporary folder, stopped and removed when dropped.

use std::net::{TcpListener, TcpStream};
use std::os::unix::fs::chown;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use crate::process::{Failure, output, program};
use crate::tools;

/// A running server.
pub(crate) struct Postgres {
    child: Child,
    folder: PathBuf,
    port: u16,
}

impl Postgres {
    /// Makes a cluster and starts it on a free port.
    pub(crate) fn start() -> Result<Self, Failure> {
        let folder = std::env::temp_dir().join(format!("yinxin-postgres-{}", std::process::id()));
        std::fs::create_dir(&folder)?;
        let started = serve(&folder);
        if started.is_err() {
            let _ = std::fs::remove_dir_all(&folder);
        }
        started
    }

    /// The address for `YINXIN_TEST_POSTGRES`: its user may create databases.
    pub(crate) fn url(&self) -> String {
        format!("postgres://postgres@127.0.0.1:{}/postgres", self.port)
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        // SIGINT is the server's "fast shutdown": sessions are ended, nothing is waited for.
        let pid = self.child.id().to_string();
        let _ = Command::new("kill").args(["-INT", &pid]).status();
        let deadline = Instant::now() + Duration::from_secs(10);
        while matches!(self.child.try_wait(), Ok(None)) && Instant::now() < deadline {
            sleep(Duration::from_millis(50));
        }
        let _ = self.child.kill();
        let _ = self.child.wait();
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

fn serve(folder: &Path) -> Result<Postgres, Failure> {
    let owner = owner()?;
    if let Some((user, group)) = owner {
        chown(folder, Some(user), Some(group))?;
    }
    let data = folder.join("data");
    let initialised = tool("initdb", owner)?
        .args([
            "--auth=trust",
            "--username=postgres",
            "--encoding=UTF8",
            "--locale=C",
        ])
        .args(["--no-sync", "-D"])
        .arg(&data)
        .current_dir(folder)
        .stdout(Stdio::null())
        .status()?;
    if !initialised.success() {
        return Err(Failure("initdb failed".into()));
    }
    let port = TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
    let log = std::fs::File::create(folder.join("log"))?;
    let child = tool("postgres", owner)?
        .arg("-D")
        .arg(&data)
        .arg("-k")
        .arg(folder)
        .args(["-h", "127.0.0.1", "-p", &port.to_string()])
        // Nothing here has to survive a power cut; everything has to be quick.
        .args([
            "-c",
            "fsync=off",
            "-c",
            "synchronous_commit=off",
            "-c",
            "full_page_writes=off",
        ])
        .args(["-c", "max_connections=300"])
        .current_dir(folder)
        .stdout(Stdio::null())
        .stderr(log)
        .spawn()?;
    let mut server = Postgres {
        child,
        folder: folder.to_owned(),
        port,
    };
    let deadline = Instant::now() + Duration::from_secs(60);
    while !answers(port) {
        if server.child.try_wait()?.is_some() || Instant::now() > deadline {
            let log = std::fs::read_to_string(folder.join("log")).unwrap_or_default();
            return Err(Failure(format!("PostgreSQL did not start:\n{log}")));
        }
        sleep(Duration::from_millis(100));
    }
    Ok(server)
}

/// A program of PostgreSQL, to be run as its owner.
fn tool(name: &str, owner: Option<(u32, u32)>) -> Result<Command, Failure> {
    let path = tools::postgres(name).ok_or_else(|| Failure(format!("{name} not found")))?;
    let mut command = Command::new(path);
    if let Some((user, group)) = owner {
        command.uid(user).gid(group);
    }
    Ok(command)
}

/// The user that runs the server when we are root: PostgreSQL refuses to run as root.
fn owner() -> Result<Option<(u32, u32)>, Failure> {
    if !tools::is_root() {
        return Ok(None);
    }
    let id = |user: &str, flag: &str| -> Option<u32> {
        output(program("id").args([flag, user]))?
            .trim()
            .parse()
            .ok()
    };
    ["postgres", "nobody"]
        .into_iter()
        .find_map(|user| Some((id(user, "-u")?, id(user, "-g")?)))
        .map(Some)
        .ok_or_else(|| Failure("no unprivileged user to run PostgreSQL as".into()))
}

fn answers(port: u16) -> bool {
    let ready = tools::postgres("pg_isready").and_then(|path| {
        output(Command::new(path).args(["-h", "127.0.0.1", "-p", &port.to_string()]))
    });
    match tools::postgres("pg_isready") {
        Some(_) => ready.is_some(),
        None => TcpStream::connect(("127.0.0.1", port)).is_ok(),
    }
}
