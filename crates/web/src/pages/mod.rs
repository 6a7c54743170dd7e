//! Pages: one file per noun, handlers that ask the platform and fill a view.

pub mod guide;
