//! The page where papers are photographed.

use askama::Template;

use super::frame::Frame;
use super::parts::Form;

/// Photographing papers.
#[derive(Debug, Clone, Template)]
#[template(path = "scan/camera.html")]
pub struct CameraPage {
    /// The frame.
    pub frame: Frame,
    /// What the page is for.
    pub lead: String,
    /// The worker that looks at the pictures and its module, if this build has them.
    pub glance: Option<(String, String)>,
    /// What is looked for: name and title.
    pub lights: Vec<(String, String)>,
    /// The upload.
    pub form: Form,
    /// How to photograph.
    pub notes: Vec<String>,
}
