//! `yinxin serve` and `yinxin doctor` on a data folder of their own.

use std::fs;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::time::Duration;

use crate::run::{program, yinxin};

/// A running platform.
struct Server {
    child: Child,
    address: String,
    banner: String,
    rest: Option<std::thread::JoinHandle<String>>,
}

impl Server {
    fn start(data: &Path, more: &[&str]) -> Self {
        let mut arguments = vec!["--data", data.to_str().unwrap()];
        arguments.extend(more);
        Self::spawn(&arguments)
    }

    /// Starts it on a free port, and waits until it says where.
    fn spawn(arguments: &[&str]) -> Self {
        let mut child = program()
            .args(["serve", "--listen", "127.0.0.1:0"])
            .args(arguments)
            .env("RUST_LOG", "warn")
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let (send, lines) = mpsc::channel();
        let out = child.stdout.take().unwrap();
        std::thread::spawn(move || {
            for line in BufReader::new(out).lines().map_while(Result::ok) {
                let _ = send.send(line);
            }
        });
        let mut err = child.stderr.take().unwrap();
        let rest = std::thread::spawn(move || {
            let mut text = String::new();
            let _ = err.read_to_string(&mut text);
            text
        });
        let mut server = Self {
            child,
            address: String::new(),
            banner: String::new(),
            rest: Some(rest),
        };
        while let Ok(line) = lines.recv_timeout(Duration::from_secs(120)) {
            if let Some((_, address)) = line.split_once("http://") {
                server.address = address.trim().to_owned();
            }
            let last = line.contains("Ctrl-C");
            server.banner += &(line + "\n");
            if last {
                return server;
            }
        }
        let (_, said) = server.end();
        panic!("it did not come up: {}\n{said}", server.banner);
    }

    fn get(&self, path: &str) -> String {
        let mut stream = TcpStream::connect(&self.address).unwrap();
        let request =
            format!("GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
        stream.write_all(request.as_bytes()).unwrap();
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).unwrap();
        String::from_utf8_lossy(&answer).into_owned()
    }

    /// Asks it to stop, as a service manager does; its exit code and what it said.
    fn end(&mut self) -> (Option<i32>, String) {
        let pid = self.child.id().to_string();
        let _ = Command::new("kill").args(["-TERM", &pid]).status();
        let code = self.child.wait().unwrap().code();
        let text = self
            .rest
            .take()
            .map(|rest| rest.join().unwrap())
            .unwrap_or_default();
        (code, text)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
fn it_starts_tells_the_accounts_keeps_its_data_and_stops() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let mut server = Server::start(&data, &[]);
    for text in [
        "xian-jingban",
        "lingdao",
        "Yinxin-Demo-2026",
        "软件密钥库",
        "SQLite",
        "已装入",
    ] {
        assert!(server.banner.contains(text), "{text}: {}", server.banner);
    }
    assert!(server.get("/healthz").starts_with("HTTP/1.1 200"));
    assert!(server.get("/").contains("印章"), "the home page is served");

    let second = yinxin(&[
        "serve",
        "--listen",
        "127.0.0.1:0",
        "--data",
        data.to_str().unwrap(),
    ]);
    assert_eq!(second.code, 3);
    assert!(second.err.contains("data_in_use"), "{}", second.err);
    let doctor = yinxin(&["doctor", "--data", data.to_str().unwrap()]);
    assert_eq!(doctor.code, 1, "the folder is in use: {}", doctor.out);

    let (code, said) = server.end();
    assert_eq!(code, Some(0), "{said}");

    let doctor = yinxin(&["doctor", "--data", data.to_str().unwrap()]);
    assert_eq!(doctor.code, 0, "{}", doctor.out);
    assert!(
        !doctor.out.contains('✗') && doctor.out.contains("账本"),
        "{}",
        doctor.out
    );

    let server = Server::start(&data, &[]);
    assert!(server.banner.contains("沿用"), "{}", server.banner);
}

#[cfg(unix)]
#[test]
fn its_folder_and_keys_are_for_their_owner_alone() {
    use std::os::unix::fs::PermissionsExt as _;

    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    Server::start(&data, &["--no-demo"]).end();
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&data), 0o700);
    assert_eq!(mode(&data.join("master.key")), 0o600);
    fs::set_permissions(data.join("master.key"), fs::Permissions::from_mode(0o644)).unwrap();
    let ran = yinxin(&[
        "serve",
        "--listen",
        "127.0.0.1:0",
        "--data",
        data.to_str().unwrap(),
    ]);
    assert_eq!(ran.code, 3);
    assert!(ran.err.contains("master.key"), "{}", ran.err);
}

#[test]
fn without_demo_there_are_no_accounts() {
    let folder = tempfile::tempdir().unwrap();
    let server = Server::start(&folder.path().join("data"), &["--no-demo"]);
    assert!(!server.banner.contains("演示账号"), "{}", server.banner);
    assert!(server.get("/").starts_with("HTTP/1.1 200"));
}

#[test]
fn a_settings_file_is_taken_whole_or_not_at_all() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("yinxin.toml");
    let data = folder.path().join("elsewhere");
    fs::write(
        &file,
        format!(
            "data = {:?}\ndemo = false\n[site]\nplatform = '某市印章平台'\n",
            data.display().to_string()
        ),
    )
    .unwrap();
    // The data folder comes from the file: the command line would go before it.
    let mut server = Server::spawn(&["--config", file.to_str().unwrap()]);
    assert!(data.join("yinxin.sqlite").exists());
    assert!(server.get("/").contains("某市印章平台"));
    server.end();
    fs::write(&file, "dta = 'elsewhere'\n").unwrap();
    let ran = yinxin(&["serve", "--config", file.to_str().unwrap()]);
    assert_eq!(ran.code, 3);
    assert!(
        ran.err.contains("settings_unreadable") && ran.err.contains("dta"),
        "{}",
        ran.err
    );
}
