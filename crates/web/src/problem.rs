//! What goes wrong, said once: as a page in Chinese for people, as problem+json (RFC 9457) for programs.

use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use serde::Serialize;

use crate::app::App;
use crate::session::Visitor;
use crate::views::ProblemPage;
use crate::views::parts::{Link, Notice, Tone};

/// Something cannot be done. Rendered by [`render`], which knows who asks and in what form.
#[derive(Debug, Clone)]
pub(crate) struct Problem {
    pub(crate) status: StatusCode,
    /// Stable code for the help desk.
    pub(crate) code: String,
    pub(crate) title: String,
    /// What is wrong.
    pub(crate) sentence: String,
    /// The single faults, or what to do.
    pub(crate) advice: Vec<String>,
    pub(crate) next: Option<Link>,
}

impl Problem {
    pub(crate) fn new(status: StatusCode, code: &str, title: &str, sentence: &str) -> Self {
        Self {
            status,
            code: code.into(),
            title: title.into(),
            sentence: sentence.into(),
            advice: Vec::new(),
            next: None,
        }
    }

    #[must_use]
    pub(crate) fn advice(mut self, line: impl Into<String>) -> Self {
        self.advice.push(line.into());
        self
    }

    pub(crate) fn not_found() -> Self {
        Self::new(
            StatusCode::NOT_FOUND,
            "not_found",
            "找不到这个页面",
            "您访问的页面或记录不存在，或者您当前的岗位不能查看它。",
        )
        .advice("请检查网址是否完整。")
        .advice("如果您兼任其他岗位，请在「个人与岗位」中切换后再试。")
    }

    pub(crate) fn sign_in() -> Self {
        let mut problem = Self::new(
            StatusCode::UNAUTHORIZED,
            "sign_in_needed",
            "请先登录",
            "此页面需要登录后使用。",
        );
        problem.next = Some(Link::new("登录", "/login"));
        problem
    }

    pub(crate) fn password_due() -> Self {
        let mut problem = Self::new(
            StatusCode::FORBIDDEN,
            "password_due",
            "请先修改初始密码",
            "初始密码只供首次登录使用，修改后才能办理业务。",
        );
        problem.next = Some(Link::new("修改密码", "/desk/profile"));
        problem
    }

    pub(crate) fn forbidden() -> Self {
        Self::new(
            StatusCode::FORBIDDEN,
            "forbidden",
            "您无权办理此事项",
            "您当前的岗位不能查看或办理此事项。",
        )
        .advice("如果您兼任其他岗位，请在「个人与岗位」中切换。")
        .advice("如认为有误，请记下代码，联系本单位主管处室或平台安全管理员。")
    }

    pub(crate) fn stale_form() -> Self {
        Self::new(
            StatusCode::FORBIDDEN,
            "form_token",
            "表单已失效",
            "提交的表单不是由本平台当前页面发出的，为了安全没有办理。",
        )
        .advice("请返回上一页，刷新后重新填写提交。")
        .advice("请确认浏览器允许本站使用 Cookie。")
    }

    pub(crate) fn bad_request(code: &str, sentence: &str) -> Self {
        Self::new(
            StatusCode::BAD_REQUEST,
            code,
            "提交的内容无法识别",
            sentence,
        )
        .advice("请返回上一页，刷新后重新填写。")
    }

    pub(crate) fn internal() -> Self {
        Self::new(
            StatusCode::INTERNAL_SERVER_ERROR,
            "internal",
            "平台暂时出错",
            "平台内部发生错误，您的操作没有生效，已保存的内容不受影响。",
        )
        .advice("请稍后再试；如果仍然出错，请拨打咨询电话并告知代码和时间。")
    }

    /// The problem as a bar above a page that is shown again.
    pub(crate) fn notice(&self) -> Notice {
        let mut notice = Notice::new(Tone::Bad, &self.sentence).code(&self.code);
        if self.status == StatusCode::UNPROCESSABLE_ENTITY {
            notice.lines.clone_from(&self.advice);
        }
        notice
    }

    /// Whether the same page can be shown again with the reason above it.
    pub(crate) fn can_be_put_right(&self) -> bool {
        matches!(
            self.status,
            StatusCode::UNPROCESSABLE_ENTITY | StatusCode::CONFLICT
        )
    }
}

impl From<platform::Error> for Problem {
    fn from(error: platform::Error) -> Self {
        match error {
            platform::Error::Refused(refusal) => Self {
                status: StatusCode::UNPROCESSABLE_ENTITY,
                code: refusal.code.into(),
                title: "暂时不能办理".into(),
                sentence: refusal.message,
                advice: refusal
                    .points
                    .into_iter()
                    .map(|point| point.message)
                    .collect(),
                next: None,
            },
            platform::Error::Fields(errors) => Self {
                status: StatusCode::UNPROCESSABLE_ENTITY,
                code: "fields".into(),
                title: "填写有误".into(),
                sentence: format!("有 {} 处需要更正：", errors.len()),
                advice: errors
                    .into_iter()
                    .map(|error| format!("{}：{}", error.field.label(), error.message))
                    .collect(),
                next: None,
            },
            platform::Error::NotFound(_) => Self::not_found(),
            platform::Error::Forbidden => Self::forbidden(),
            platform::Error::Conflict => Self::new(
                StatusCode::CONFLICT,
                "changed_meanwhile",
                "内容已被他人更新",
                "在您打开页面之后，这条记录已经有了变化，您刚才的操作没有生效。",
            )
            .advice("请查看最新内容后再办理。"),
            error @ platform::Error::Internal { .. } => {
                tracing::error!(error = &error as &dyn std::error::Error, "request failed");
                Self::internal()
            }
        }
    }
}

impl From<askama::Error> for Problem {
    fn from(error: askama::Error) -> Self {
        tracing::error!(
            error = &error as &dyn std::error::Error,
            "a template failed"
        );
        Self::internal()
    }
}

impl From<tower_sessions::session::Error> for Problem {
    fn from(error: tower_sessions::session::Error) -> Self {
        tracing::error!(
            error = &error as &dyn std::error::Error,
            "the session failed"
        );
        Self::internal()
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let mut response = self.status.into_response();
        response.extensions_mut().insert(self);
        response
    }
}

/// Gives every problem its form: a page, or problem+json below `/api/` and where JSON is asked for.
pub(crate) async fn render(
    State(app): State<App>,
    visitor: Visitor,
    request: Request,
    next: Next,
) -> Response {
    let json = wants_json(request.uri().path(), request.headers());
    let is_get = request.method() == axum::http::Method::GET;
    let here = visitor.here.clone();
    let mut response = next.run(request).await;
    let problem = match response.extensions_mut().remove::<Problem>() {
        Some(problem) => problem,
        None => match response.status() {
            StatusCode::NOT_FOUND if response.headers().get(header::CONTENT_TYPE).is_none() => {
                Problem::not_found()
            }
            // An address whose parts or query cannot be read: the framework's own words are not for people.
            StatusCode::BAD_REQUEST if is_plain_text(&response) => Problem::not_found(),
            StatusCode::METHOD_NOT_ALLOWED => Problem::new(
                StatusCode::METHOD_NOT_ALLOWED,
                "method_not_allowed",
                "不支持的访问方式",
                "此地址不支持这种访问方式。",
            ),
            _ => return response,
        },
    };
    if json {
        return as_json(&problem);
    }
    if problem.status == StatusCode::UNAUTHORIZED && is_get {
        let back: String = form_encode(&here);
        return axum::response::Redirect::to(&format!("/login?next={back}")).into_response();
    }
    as_page(&app, &visitor, problem)
}

fn is_plain_text(response: &Response) -> bool {
    response
        .headers()
        .get(header::CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .is_some_and(|value| value.starts_with("text/plain"))
}

#[derive(Serialize)]
struct Body<'a> {
    r#type: &'static str,
    title: &'a str,
    status: u16,
    detail: &'a str,
    code: &'a str,
    #[serde(skip_serializing_if = "<[String]>::is_empty")]
    points: &'a [String],
}

fn as_json(problem: &Problem) -> Response {
    let body = Body {
        r#type: "about:blank",
        title: &problem.title,
        status: problem.status.as_u16(),
        detail: &problem.sentence,
        code: &problem.code,
        points: &problem.advice,
    };
    let mut response = (problem.status, axum::Json(body)).into_response();
    response.headers_mut().insert(
        header::CONTENT_TYPE,
        HeaderValue::from_static("application/problem+json"),
    );
    response
}

fn as_page(app: &App, visitor: &Visitor, problem: Problem) -> Response {
    let mut frame = visitor.frame(app, &problem.title);
    frame.nav.iter_mut().for_each(|item| item.current = false);
    let next = problem.next.unwrap_or_else(|| {
        if visitor.signed_in.is_some() {
            Link::new("返回工作台", "/desk")
        } else {
            Link::new("办事指南", "/guide")
        }
    });
    let page = ProblemPage {
        frame,
        icon: match problem.status.as_u16() {
            401 | 403 => "lock",
            404 => "search",
            _ => "warn",
        },
        status: problem.status.as_u16(),
        sentence: problem.sentence,
        advice: problem.advice,
        next,
        code: problem.code,
    };
    match askama::Template::render(&page) {
        Ok(html) => (problem.status, axum::response::Html(html)).into_response(),
        Err(_) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}

fn wants_json(path: &str, headers: &HeaderMap) -> bool {
    path.starts_with("/api/")
        || headers
            .get(header::ACCEPT)
            .and_then(|accept| accept.to_str().ok())
            .is_some_and(|accept| accept.contains("json") && !accept.contains("text/html"))
}

/// Percent-encodes what may stand in a query.
pub(crate) fn form_encode(text: &str) -> String {
    use std::fmt::Write as _;

    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-_.~/".contains(&byte) {
            out.push(char::from(byte));
        } else {
            let _ = write!(out, "%{byte:02X}");
        }
    }
    out
}
