//! Photographing papers in the browser, with an answer at once. The photos go the way of any upload.

use axum::extract::State;
use axum::http::{HeaderName, HeaderValue};

use super::{Answer, html};
use crate::app::App;
use crate::assets;
use crate::session::Desk;
use crate::views::CameraPage;
use crate::views::parts::{Button, Field, FieldKind, Form};

/// `GET /desk/scans/camera`
pub(super) async fn page(State(app): State<App>, desk: Desk) -> Answer {
    let mut files = Field::new("files", "照片", FieldKind::File("image/*"))
        .with("multiple", "multiple")
        .with("capture", "environment");
    files.placeholder = "拍好的照片会自动放在这里；也可以直接选择手机里的照片。".into();
    let frame = desk
        .frame(&app, "拍照回传", "/desk/scans")
        .below("纸质回传", "/desk/scans")
        .script("js/camera.js");
    let page = CameraPage {
        frame,
        lead: "用手机或电脑的相机拍下签字盖章后的文书，当场告诉您是否拍清、印模是否完整。".into(),
        glance: assets::glance(),
        lights: [
            ("page", "页面完整"),
            ("code", "二维码"),
            ("sharp", "清晰"),
            ("bright", "光线"),
        ]
        .map(|(name, title)| (name.to_owned(), title.to_owned()))
        .into(),
        form: Form::new("/desk/scans", desk.csrf(), Button::primary("上传并识别"))
            .field(files)
            .narrow(),
        notes: [
            "纸张压平，放在深色桌面上，从正上方拍摄；避免手和手机的影子落在纸上。",
            "当场检查在您的浏览器中进行，照片不会在上传前离开您的设备；以上传后平台的识别结果为准。",
        ]
        .map(str::to_owned)
        .into(),
    };
    let mut response = html(&page)?;
    response.headers_mut().insert(
        HeaderName::from_static("permissions-policy"),
        HeaderValue::from_static("camera=(self), microphone=(), geolocation=()"),
    );
    Ok(response)
}
