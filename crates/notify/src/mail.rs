use async_trait::async_trait;
use lettre::address::Envelope;
use lettre::message::header::{ContentTransferEncoding, ContentType};
use lettre::message::{Mailbox, MessageBuilder, SinglePart};
use lettre::transport::smtp::authentication::Credentials;
use lettre::transport::smtp::client::{Certificate, Tls, TlsParameters};
use lettre::transport::smtp::extension::ClientId;
use lettre::{Address, AsyncSmtpTransport, AsyncTransport, Message, Tokio1Executor};
use platform::ports::{Letter, Mail, SendError};

use crate::{SettingError, timeout, unfit};

/// How the way to the mail server is protected.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum MailSecurity {
    /// TLS from the first byte (port 465).
    Tls,
    /// STARTTLS, required (port 587).
    StartTls,
    /// None: for a server on the same machine.
    None,
}

/// How the mail server is reached. Not printed: it holds a password.
#[derive(Clone)]
pub struct MailSettings {
    /// Its host name.
    pub server: String,
    /// Its port; by the protection where it is not given.
    pub port: Option<u16>,
    /// How the way is protected.
    pub security: MailSecurity,
    /// Name and password, where it asks for them.
    pub login: Option<(String, String)>,
    /// From whom letters come.
    pub from: String,
    /// The sender's name.
    pub name: String,
    /// A certificate (PEM) that the server's may be signed by, beside the public authorities.
    pub authority: Option<Vec<u8>>,
    /// How long a step of the conversation may take, in seconds.
    pub timeout_seconds: u64,
}

/// E-mail over SMTP.
pub struct Smtp {
    transport: AsyncSmtpTransport<Tokio1Executor>,
    from: Mailbox,
    attempt: std::time::Duration,
}

impl Smtp {
    /// From settings. Nothing is sent and nobody is called yet.
    ///
    /// # Errors
    /// [`SettingError`].
    pub fn new(settings: &MailSettings) -> Result<Self, SettingError> {
        let address: Address = settings
            .from
            .parse()
            .map_err(|e| unfit("mail.from", format!("不是有效的邮箱地址（{e}）")))?;
        let step = timeout("mail.timeout_seconds", settings.timeout_seconds)?;
        let tls = || {
            let mut builder = TlsParameters::builder(settings.server.clone());
            if let Some(pem) = &settings.authority {
                let authority = Certificate::from_pem(pem)
                    .map_err(|e| unfit("mail.authority", format!("不是 PEM 证书（{e}）")))?;
                builder = builder.add_root_certificate(authority);
            }
            builder
                .build_rustls()
                .map_err(|e| unfit("mail.server", format!("不能用于 TLS（{e}）")))
        };
        let (tls, usual_port) = match settings.security {
            MailSecurity::Tls => (Tls::Wrapper(tls()?), 465),
            MailSecurity::StartTls => (Tls::Required(tls()?), 587),
            MailSecurity::None => (Tls::None, 25),
        };
        let mut builder =
            AsyncSmtpTransport::<Tokio1Executor>::builder_dangerous(settings.server.clone())
                .port(settings.port.unwrap_or(usual_port))
                .hello_name(ClientId::Domain(address.domain().to_owned()))
                .timeout(Some(step))
                .tls(tls);
        if let Some((user, password)) = &settings.login {
            builder = builder.credentials(Credentials::new(user.clone(), password.clone()));
        }
        Ok(Self {
            transport: builder.build(),
            from: Mailbox::new(Some(settings.name.clone()), address),
            attempt: crate::LONGEST_ATTEMPT,
        })
    }

    fn write(&self, letter: &Letter) -> Result<Message, String> {
        let to: Address = letter.to.as_str().parse().map_err(|e| format!("{e}"))?;
        let envelope = Envelope::new(Some(self.from.email.clone()), vec![to.clone()])
            .map_err(|e| e.to_string())?;
        MessageBuilder::new()
            .envelope(envelope)
            .from(self.from.clone())
            .to(Mailbox::new(Some(letter.name.clone()), to))
            .subject(letter.subject.clone())
            .date(letter.written_at.into())
            .message_id(Some(format!(
                "<{}@{}>",
                letter.id,
                self.from.email.domain()
            )))
            .header(Automatic)
            .singlepart(
                SinglePart::builder()
                    .header(ContentType::TEXT_PLAIN)
                    .header(ContentTransferEncoding::Base64)
                    .body(letter.text.replace('\n', "\r\n")),
            )
            .map_err(|e| e.to_string())
    }
}

#[async_trait]
impl Mail for Smtp {
    async fn send(&self, letter: &Letter) -> Result<(), SendError> {
        let message = self
            .write(letter)
            .map_err(|e| SendError::Permanent(format!("收件地址不能用于邮件（{e}）")))?;
        match tokio::time::timeout(self.attempt, self.transport.send(message)).await {
            Ok(Ok(_)) => Ok(()),
            Ok(Err(error)) => Err(meaning(&error)),
            Err(_) => Err(SendError::Unknown("邮件服务器应答超时".to_owned())),
        }
    }
}

/// What a failure of the conversation means for the letter.
fn meaning(error: &lettre::transport::smtp::Error) -> SendError {
    let detail = chain(error);
    let code = error.status().map(u16::from);
    match code {
        // Our own account: 530, 534, 535, 538 (RFC 4954), 550 5.7.x would be told as a refusal of the letter.
        Some(530 | 534 | 535 | 538) => {
            SendError::Transient(format!("邮件服务器未接受平台的账号（{detail}）"))
        }
        Some(_) if error.is_permanent() => {
            SendError::Permanent(format!("邮件服务器拒收（{detail}）"))
        }
        Some(_) => SendError::Transient(format!("邮件服务器暂不能接收（{detail}）")),
        None if error.is_timeout() => SendError::Unknown(format!("邮件服务器应答超时（{detail}）")),
        None => SendError::Transient(format!("未能连接邮件服务器（{detail}）")),
    }
}

fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        text.push('：');
        text.push_str(&cause.to_string());
        source = cause.source();
    }
    text
}

/// `Auto-Submitted: auto-generated` (RFC 3834): out-of-office replies are not sent to it.
#[derive(Clone)]
struct Automatic;

impl lettre::message::header::Header for Automatic {
    fn name() -> lettre::message::header::HeaderName {
        lettre::message::header::HeaderName::new_from_ascii_str("Auto-Submitted")
    }

    fn parse(_: &str) -> Result<Self, Box<dyn std::error::Error + Send + Sync>> {
        Ok(Self)
    }

    fn display(&self) -> lettre::message::header::HeaderValue {
        lettre::message::header::HeaderValue::new(Self::name(), "auto-generated".to_owned())
    }
}
