//! Locations (ST_Loc): from the text in an XML part to the entry it means.

use crate::package::{Package, name};

/// What a location leads to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Target {
    /// This entry, by the rules.
    Found(String),
    /// This entry, but only by tolerance: as if the path were absolute, or in other letter case.
    Guessed(String),
    /// No such entry.
    Missing(String),
    /// The path leaves the package.
    Outside,
}

impl Target {
    /// The entry, if there is one.
    pub(crate) fn found(self) -> Option<String> {
        match self {
            Self::Found(name) | Self::Guessed(name) => Some(name),
            Self::Missing(_) | Self::Outside => None,
        }
    }
}

/// Resolves a location that stands in the part `base`.
pub(crate) fn locate(package: &Package<'_>, base: &str, location: &str) -> Target {
    let folder = base.rfind('/').map_or("", |slash| &base[..slash]);
    locate_in(package, folder, location)
}

/// Resolves a location against a folder.
pub(crate) fn locate_in(package: &Package<'_>, folder: &str, location: &str) -> Target {
    let Some(name) = resolve(folder, location) else {
        return Target::Outside;
    };
    if name.is_empty() {
        return Target::Missing(name);
    }
    if package.entry(&name).is_some() {
        return Target::Found(name);
    }
    let absolute = resolve("", location).filter(|other| package.entry(other).is_some());
    let other_case = || {
        package
            .entry_ignoring_case(&name)
            .map(|entry| entry.name().to_owned())
    };
    match absolute.or_else(other_case) {
        Some(entry) => Target::Guessed(entry),
        None => Target::Missing(name),
    }
}

/// Pure path arithmetic; `None` when `..` leads out of the package.
pub(crate) fn resolve(folder: &str, location: &str) -> Option<String> {
    let location = location.trim();
    let absolute = location.starts_with(['/', '\\']);
    let path = name::normalise(location);
    let mut segments: Vec<&str> = if absolute {
        Vec::new()
    } else {
        folder.split('/').filter(|s| !s.is_empty()).collect()
    };
    for segment in path.split('/').filter(|segment| !segment.is_empty()) {
        if segment == ".." {
            segments.pop()?;
        } else {
            segments.push(segment);
        }
    }
    Some(segments.join("/"))
}

/// The folder an entry stands in, without a slash at its end.
pub(crate) fn folder(entry: &str) -> &str {
    entry.rfind('/').map_or("", |slash| &entry[..slash])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn relative_absolute_and_odd_paths_lead_to_the_same_entry() {
        for (folder, location) in [
            ("Doc_0", "Pages/Page_0/Content.xml"),
            ("Doc_0", "/Doc_0/Pages/Page_0/Content.xml"),
            ("Doc_0/Signs", "../Pages//Page_0/./Content.xml"),
            ("Doc_0", "Pages\\Page_0\\Content.xml"),
            ("Doc_0", " ./Pages/Page_0/Content.xml\n"),
        ] {
            let name = resolve(folder, location);
            assert_eq!(
                name.as_deref(),
                Some("Doc_0/Pages/Page_0/Content.xml"),
                "{location}"
            );
        }
        assert_eq!(resolve("Doc_0", "../../x"), None);
    }
}
