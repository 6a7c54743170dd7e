//! Certificate requests of devices (P10), examined and explained point by point (R2.5).

use casework::{
    Actor, ApplicationId, BusinessType, Case, CaseId, Material, Outcome, RequestFacts,
    RequestProblem, SealId, Stage,
};

use crate::{
    Platform,
    error::{Error, Result},
    material::key_digest,
    ports::store::Tx,
};

/// What was found in a certificate request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RequestReport {
    /// Every point that was looked at, in this order: 格式, 主体, 密钥算法, 自签名, 公钥是否用过. After a point that
    /// keeps the rest from being read, none follows.
    pub points: Vec<RequestPoint>,
}

/// One point of a [`RequestReport`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RequestPoint {
    /// Stable code: `format`, `subject`, `algorithm`, `self_signature`, `key_seen`; of a fault, the fault's own.
    pub code: &'static str,
    /// What was looked at.
    pub label: &'static str,
    /// What stands there.
    pub value: String,
    /// How it is judged.
    pub judgement: Judgement,
    /// The judgement in words, and what to do.
    pub message: String,
}

/// How a point is judged.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Judgement {
    /// As it should be.
    Good,
    /// Worth knowing, and no obstacle.
    Remark,
    /// A certificate cannot be made for it.
    Bad,
}

impl RequestReport {
    /// Whether a certificate can be made for it.
    pub fn is_acceptable(&self) -> bool {
        self.points
            .iter()
            .all(|point| point.judgement != Judgement::Bad)
    }

    /// As the check of a form wants to know it.
    pub(crate) fn facts(self) -> RequestFacts {
        let bad = self
            .points
            .into_iter()
            .filter(|point| point.judgement == Judgement::Bad);
        RequestFacts {
            problems: bad
                .map(|point| RequestProblem {
                    code: point.code.to_owned(),
                    message: point.message,
                })
                .collect(),
            key_seen_before: None,
        }
    }
}

impl Platform {
    /// What was found in the P10 of an application; `None` while it has none.
    ///
    /// # Errors
    /// [`Error::NotFound`].
    pub async fn request_report(
        &self,
        actor: &Actor,
        case: CaseId,
        application: ApplicationId,
    ) -> Result<Option<RequestReport>> {
        let mut tx = self.store.read().await?;
        let (case, _) = self.load(tx.as_mut(), case).await?;
        crate::case::visible(actor, &case)?;
        let found = case
            .application(application)
            .ok_or(Error::NotFound("application"))?;
        let Some(material) = found.draft.request.and_then(|id| case.material(id)) else {
            return Ok(None);
        };
        let own = found.draft.existing_seal;
        Ok(Some(
            self.examine_request(tx.as_mut(), &case, material, own)
                .await?,
        ))
    }

    /// Examines a P10 of a case; `own` is the seal that the application is about.
    pub(crate) async fn examine_request(
        &self,
        tx: &mut dyn Tx,
        case: &Case,
        material: &Material,
        own: Option<SealId>,
    ) -> Result<RequestReport> {
        let bytes = self.files.get(&material.digest).await?;
        let mut points = Vec::new();
        let mut point = |code, label, value: String, judgement, message: String| {
            points.push(RequestPoint {
                code,
                label,
                value,
                judgement,
                message,
            });
        };
        let size = bytes.len();
        let request = match pki::CertificateRequest::parse(&bytes) {
            Ok(request) => request,
            Err(problem) => {
                let size = format!("{size} 字节");
                point(problem.code, "格式", size, Judgement::Bad, problem.message);
                return Ok(RequestReport { points });
            }
        };
        let form = if bytes.first() == Some(&0x30) {
            "DER（二进制）"
        } else {
            "PEM（文本）"
        };
        point(
            "format",
            "格式",
            format!("PKCS#10，{form}，{size} 字节"),
            Judgement::Good,
            "是完整的证书请求。".to_owned(),
        );
        point(
            "subject",
            "主体",
            request.subject().to_string(),
            Judgement::Good,
            "证书的主体由平台按申请表填写，请求中的主体仅供核对是否选对文件。".to_owned(),
        );
        let problems = request.check();
        let of_signature = |code: &str| code.starts_with("p10_signature");
        let key_problem = problems.iter().find(|p| !of_signature(p.code));
        let value = request.key_algorithm().to_owned();
        match key_problem {
            Some(problem) => {
                let message = problem.message.clone();
                point(problem.code, "密钥算法", value, Judgement::Bad, message);
            }
            None => point(
                "algorithm",
                "密钥算法",
                format!("{value}，国密推荐曲线（256 位）"),
                Judgement::Good,
                "是国家密码算法的密钥。".to_owned(),
            ),
        }
        let Some(key) = request.public_key() else {
            return Ok(RequestReport { points });
        };
        match problems.iter().find(|problem| of_signature(problem.code)) {
            Some(problem) => point(
                problem.code,
                "自签名",
                "验证不通过".to_owned(),
                Judgement::Bad,
                problem.message.clone(),
            ),
            None => point(
                "self_signature",
                "自签名",
                "SM3withSM2，验证通过".to_owned(),
                Judgement::Good,
                "请求由其中公钥对应的私钥签名，设备确实持有该密钥。".to_owned(),
            ),
        }
        let digest = key_digest(key);
        points.push(self.key_point(tx, case, material, own, &digest).await?);
        Ok(RequestReport { points })
    }

    /// Whether the key was seen before: in a certificate, or in another request that is being handled.
    async fn key_point(
        &self,
        tx: &mut dyn Tx,
        case: &Case,
        material: &Material,
        own: Option<SealId>,
        digest: &str,
    ) -> Result<RequestPoint> {
        let point = |judgement, code, message: String| RequestPoint {
            code,
            label: "公钥是否用过",
            // Enough to compare with what the device shows.
            value: format!("SM3 {}…", digest.get(..16).unwrap_or(digest)),
            judgement,
            message,
        };
        let keeps_its_key = matches!(case.business, BusinessType::Renewal | BusinessType::Change);
        let mut same_as_before = false;
        for seal in tx.seals_with_key(digest).await? {
            let (seal, _) = self.load_seal(tx, seal).await?;
            let of_own_line = own == Some(seal.record.id)
                || (seal.record.unit == case.unit.id && seal.record.superseded_by.is_some());
            if keeps_its_key && of_own_line {
                same_as_before = true;
                continue;
            }
            let whose = if seal.record.unit == case.unit.id {
                format!("电子印章「{}」（{}）", seal.record.name, seal.record.code)
            } else {
                "其他单位的电子印章".to_owned()
            };
            let message =
                format!("该公钥已在{whose}的证书中使用过，请在设备上重新生成密钥后导出 P10。");
            return Ok(point(Judgement::Bad, "p10_key_in_certificate", message));
        }
        for (other_case, other) in tx.requests_with_key(digest).await? {
            if other == material.id {
                continue;
            }
            if other_case == case.id {
                let elsewhere = case.material(other).is_some_and(|found| {
                    found.is_live() && found.application != material.application
                });
                if elsewhere {
                    let message = "该公钥已用于本办件的另一份申请表，每枚设备印章须使用各自的密钥，请分别导出 P10。";
                    return Ok(point(
                        Judgement::Bad,
                        "p10_key_in_request",
                        message.to_owned(),
                    ));
                }
                continue;
            }
            let (found, _) = self.load(tx, other_case).await?;
            let over = matches!(
                found.stage,
                Stage::Closed(Outcome::Refused | Outcome::Withdrawn)
            );
            let linked = case.links.iter().any(|link| link.case == other_case);
            let live = found.material(other).is_some_and(Material::is_live);
            if found.revision == 0 || over || linked || !live || same_as_before {
                continue;
            }
            let whose = if found.unit.id == case.unit.id {
                format!("办件 {}", found.number)
            } else {
                "其他单位的办件".to_owned()
            };
            let message =
                format!("该公钥已用于{whose}的证书请求，请在设备上重新生成密钥后导出 P10。");
            return Ok(point(Judgement::Bad, "p10_key_in_request", message));
        }
        if same_as_before {
            let message = "与原证书的公钥相同，延期和变更可以沿用原密钥。".to_owned();
            return Ok(point(Judgement::Remark, "key_seen", message));
        }
        let message = "此前没有在本平台的证书和证书请求中出现过。".to_owned();
        Ok(point(Judgement::Good, "key_seen", message))
    }
}
