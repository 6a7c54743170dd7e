//! Which entries the document consists of: everything that can be reached from `OFD.xml`.

use std::collections::BTreeMap;

use roxmltree::Node;
use serde::Serialize;

use super::read::root_entry;
use crate::error::Error;
use crate::location::{Target, folder, locate, locate_in};
use crate::package::Package;
use crate::xml;

/// More locations than this are not listed as dangling or guessed.
const MAX_LISTED: usize = 1000;

/// What an entry is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum PartKind {
    /// `OFD.xml`.
    Root,
    /// A version's list of files.
    Version,
    /// `Document.xml`.
    Document,
    /// A page's content.
    Page,
    /// A template's content.
    Template,
    /// `PublicRes.xml`, `DocumentRes.xml` or a page's own resources.
    Resource,
    /// A font.
    Font,
    /// A picture, sound or film.
    Media,
    /// A colour profile.
    ColorProfile,
    /// The list of annotations.
    AnnotationList,
    /// A page's annotations.
    Annotation,
    /// The list of attachments.
    AttachmentList,
    /// An attachment.
    Attachment,
    /// The list of custom tags, a tag file or its schema.
    Tag,
    /// The list of extensions or their data.
    Extension,
    /// A cover picture of the file's description.
    Cover,
    /// `Signatures.xml`.
    SignatureList,
    /// A `Signature.xml`.
    Signature,
    /// A signature's value.
    SignedValue,
    /// A seal beside a signature.
    Seal,
}

impl PartKind {
    /// Whether a change of it changes what a reader sees on the pages.
    pub fn changes_pages(self) -> bool {
        matches!(
            self,
            Self::Root
                | Self::Version
                | Self::Document
                | Self::Page
                | Self::Template
                | Self::Resource
                | Self::Font
                | Self::Media
                | Self::ColorProfile
                | Self::AnnotationList
                | Self::Annotation
        )
    }

    /// Whether it belongs to signing rather than to the content.
    pub fn is_signing(self) -> bool {
        matches!(
            self,
            Self::SignatureList | Self::Signature | Self::SignedValue | Self::Seal
        )
    }

    /// Its Chinese name.
    pub fn label(self) -> &'static str {
        match self {
            Self::Root => "主入口",
            Self::Version => "版本",
            Self::Document => "文档根节点",
            Self::Page => "页面内容",
            Self::Template => "页面模板",
            Self::Resource => "资源",
            Self::Font => "字体",
            Self::Media => "图像等多媒体",
            Self::ColorProfile => "颜色配置",
            Self::AnnotationList | Self::Annotation => "注释",
            Self::AttachmentList | Self::Attachment => "附件",
            Self::Tag => "自定义标引",
            Self::Extension => "扩展信息",
            Self::Cover => "封面",
            Self::SignatureList => "签名列表",
            Self::Signature => "签名描述",
            Self::SignedValue => "签名值",
            Self::Seal => "印章数据",
        }
    }
}

/// A location that leads to no entry.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Dangling {
    /// The entry it stands in.
    pub from: String,
    /// The location as it stands.
    pub location: String,
    /// What was expected there.
    pub kind: PartKind,
    /// Whether it points out of the package.
    pub outside: bool,
}

/// What can be reached.
#[derive(Debug, Clone, Default)]
pub struct Reach {
    /// Entry name and what it is for. An entry used in two ways has the first that was found.
    pub parts: BTreeMap<String, PartKind>,
    /// Locations that lead nowhere.
    pub dangling: Vec<Dangling>,
    /// Locations that were followed only by tolerance: (from, location, entry).
    pub guessed: Vec<(String, String, String)>,
    /// Parts that had to be read to go on, and could not be.
    pub unreadable: Vec<Error>,
}

pub(super) fn explore(package: &Package<'_>, into_pages: bool) -> Reach {
    let mut explorer = Explorer {
        package,
        into_pages,
        reach: Reach::default(),
        queue: Vec::new(),
    };
    if let Some(root) = root_entry(package) {
        explorer.enqueue(root, PartKind::Root);
    }
    while let Some((entry, kind)) = explorer.queue.pop() {
        if let Err(error) = explorer.follow(&entry, kind) {
            explorer.reach.unreadable.push(error);
        }
    }
    explorer.reach
}

struct Explorer<'p, 'a> {
    package: &'p Package<'a>,
    into_pages: bool,
    reach: Reach,
    queue: Vec<(String, PartKind)>,
}

impl Explorer<'_, '_> {
    fn enqueue(&mut self, entry: String, kind: PartKind) {
        if let std::collections::btree_map::Entry::Vacant(slot) =
            self.reach.parts.entry(entry.clone())
        {
            slot.insert(kind);
            self.queue.push((entry, kind));
        }
    }

    fn follow(&mut self, entry: &str, kind: PartKind) -> Result<(), Error> {
        let needs_reading = match kind {
            PartKind::Page | PartKind::Template => self.into_pages && self.has_references(entry)?,
            PartKind::Root
            | PartKind::Version
            | PartKind::Document
            | PartKind::Resource
            | PartKind::AnnotationList
            | PartKind::AttachmentList
            | PartKind::Extension
            | PartKind::SignatureList
            | PartKind::Signature => true,
            // Only the list of tags leads on; a tag file is any XML at all.
            PartKind::Tag => entry.ends_with("CustomTags.xml"),
            _ => false,
        };
        if !needs_reading {
            return Ok(());
        }
        let text = xml::text(self.package, entry)?;
        let parsed = xml::parse(entry, &text, self.package.limits())?;
        self.follow_parsed(entry, kind, parsed.root_element());
        Ok(())
    }

    /// Pages are many, and few name further files: look before parsing.
    fn has_references(&self, entry: &str) -> Result<bool, Error> {
        let content = self.package.read(entry)?;
        let wide = content.starts_with(&[0xff, 0xfe]) || content.starts_with(&[0xfe, 0xff]);
        let has = |what: &[u8]| memchr::memmem::find(&content, what).is_some();
        Ok(wide || has(b"PageRes") || has(b"<!D") || has(b"<!d"))
    }

    fn follow_parsed(&mut self, entry: &str, kind: PartKind, root: Node<'_, '_>) {
        match kind {
            PartKind::Root => self.follow_root(entry, root),
            PartKind::Version => {
                self.texts(entry, root, &["DocRoot"], PartKind::Document);
                // What the version's files are is found by following its document; this list names
                // whatever else belongs to it.
                let list = root.descendants().filter(|n| xml::is(*n, "File"));
                for file in list.collect::<Vec<_>>() {
                    self.link(entry, &xml::content(file), PartKind::Version);
                }
            }
            PartKind::Document => self.follow_document(entry, root),
            PartKind::Page | PartKind::Template => {
                self.texts(entry, root, &["PageRes"], PartKind::Resource);
            }
            PartKind::Resource => self.follow_resource(entry, root),
            PartKind::AnnotationList => {
                self.texts(entry, root, &["Page", "FileLoc"], PartKind::Annotation);
            }
            PartKind::AttachmentList => {
                self.texts(
                    entry,
                    root,
                    &["Attachment", "FileLoc"],
                    PartKind::Attachment,
                );
            }
            PartKind::Tag => {
                self.texts(entry, root, &["CustomTag", "FileLoc"], PartKind::Tag);
                self.texts(entry, root, &["CustomTag", "SchemaLoc"], PartKind::Tag);
            }
            PartKind::Extension => {
                self.texts(
                    entry,
                    root,
                    &["Extension", "ExtendData"],
                    PartKind::Extension,
                );
            }
            PartKind::SignatureList => {
                self.attributes(entry, root, &["Signature"], "BaseLoc", PartKind::Signature);
            }
            PartKind::Signature => {
                self.texts(entry, root, &["SignedValue"], PartKind::SignedValue);
                self.texts(
                    entry,
                    root,
                    &["SignedInfo", "Seal", "BaseLoc"],
                    PartKind::Seal,
                );
            }
            _ => {}
        }
    }

    fn follow_root(&mut self, entry: &str, root: Node<'_, '_>) {
        self.texts(entry, root, &["DocBody", "DocRoot"], PartKind::Document);
        self.texts(
            entry,
            root,
            &["DocBody", "Signatures"],
            PartKind::SignatureList,
        );
        self.texts(
            entry,
            root,
            &["DocBody", "DocInfo", "Cover"],
            PartKind::Cover,
        );
        let path = ["DocBody", "Versions", "Version"];
        self.attributes(entry, root, &path, "BaseLoc", PartKind::Version);
    }

    fn follow_document(&mut self, entry: &str, root: Node<'_, '_>) {
        self.texts(
            entry,
            root,
            &["CommonData", "PublicRes"],
            PartKind::Resource,
        );
        self.texts(
            entry,
            root,
            &["CommonData", "DocumentRes"],
            PartKind::Resource,
        );
        self.texts(entry, root, &["Annotations"], PartKind::AnnotationList);
        self.texts(entry, root, &["Attachments"], PartKind::AttachmentList);
        self.texts(entry, root, &["CustomTags"], PartKind::Tag);
        self.texts(entry, root, &["Extensions"], PartKind::Extension);
        let templates = ["CommonData", "TemplatePage"];
        self.attributes(entry, root, &templates, "BaseLoc", PartKind::Template);
        self.attributes(entry, root, &["Pages", "Page"], "BaseLoc", PartKind::Page);
    }

    fn follow_resource(&mut self, entry: &str, root: Node<'_, '_>) {
        let base = match xml::attribute(root, "BaseLoc") {
            Some(base) => crate::location::resolve(folder(entry), base).unwrap_or_default(),
            None => folder(entry).to_owned(),
        };
        let files = [("FontFile", PartKind::Font), ("MediaFile", PartKind::Media)];
        for node in root
            .descendants()
            .filter(Node::is_element)
            .collect::<Vec<_>>()
        {
            for (name, kind) in files {
                if xml::is(node, name) {
                    self.link_in(entry, &base, &xml::content(node), kind);
                }
            }
            if xml::is(node, "ColorSpace")
                && let Some(profile) = xml::attribute(node, "Profile")
            {
                self.link_in(entry, &base, profile, PartKind::ColorProfile);
            }
        }
    }

    fn texts(&mut self, from: &str, root: Node<'_, '_>, path: &[&'static str], kind: PartKind) {
        for node in descend(root, path) {
            self.link(from, &xml::content(node), kind);
        }
    }

    fn attributes(
        &mut self,
        from: &str,
        root: Node<'_, '_>,
        path: &[&'static str],
        name: &str,
        kind: PartKind,
    ) {
        for node in descend(root, path) {
            if let Some(location) = xml::attribute(node, name) {
                self.link(from, location, kind);
            }
        }
    }

    fn link(&mut self, from: &str, location: &str, kind: PartKind) {
        let target = locate(self.package, from, location);
        self.arrive(from, location, kind, target);
    }

    fn link_in(&mut self, from: &str, base: &str, location: &str, kind: PartKind) {
        let mut target = locate_in(self.package, base, location);
        if matches!(target, Target::Missing(_)) {
            // Some writers mean the resource file's own folder in spite of BaseLoc.
            match locate(self.package, from, location) {
                Target::Found(entry) | Target::Guessed(entry) => target = Target::Guessed(entry),
                Target::Missing(_) | Target::Outside => {}
            }
        }
        self.arrive(from, location, kind, target);
    }

    fn arrive(&mut self, from: &str, location: &str, kind: PartKind, target: Target) {
        if location.is_empty() {
            return;
        }
        let outside = target == Target::Outside;
        match target {
            Target::Found(entry) => self.enqueue(entry, kind),
            Target::Guessed(entry) => {
                let note = (from.to_owned(), location.to_owned(), entry.clone());
                if self.reach.guessed.len() < MAX_LISTED {
                    self.reach.guessed.push(note);
                }
                self.enqueue(entry, kind);
            }
            _ if self.reach.dangling.len() >= MAX_LISTED => {}
            Target::Missing(_) | Target::Outside => self.reach.dangling.push(Dangling {
                from: from.to_owned(),
                location: location.chars().take(300).collect(),
                kind,
                outside,
            }),
        }
    }
}

/// All elements at the end of a path of local names.
fn descend<'a, 'i>(root: Node<'a, 'i>, path: &[&'static str]) -> Vec<Node<'a, 'i>> {
    let mut nodes = vec![root];
    for name in path {
        nodes = nodes
            .into_iter()
            .flat_map(|node| xml::children(node, name))
            .collect();
    }
    nodes
}
