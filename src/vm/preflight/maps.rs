//! What the process has mapped already: `/proc/self/maps`.

use std::fs;

use crate::elf;

/// Libraries that take the place of the C library's allocator.
const ALLOCATORS: [&str; 9] = [
    "libjemalloc",
    "libtcmalloc",
    "libmimalloc",
    "libsnmalloc",
    "librpmalloc",
    "libhoard",
    "libscudo",
    "libhardened_malloc",
    "libnedmalloc",
];

/// The mapped files, each once, in order.
pub(super) fn files(maps: &str) -> Vec<&str> {
    let mut found: Vec<&str> = Vec::new();
    for line in maps.lines() {
        let path = line.find('/').map(|at| line[at..].trim_end_matches(" (deleted)"));
        if let Some(path) = path.filter(|path| !found.contains(path)) {
            found.push(path);
        }
    }
    found
}

/// A mapped library that replaces the allocator.
pub(super) fn allocator(maps: &str) -> Option<&str> {
    files(maps)
        .into_iter()
        .find(|path| ALLOCATORS.iter().any(|name| base(path).starts_with(name)))
}

/// Is another file of that name mapped, so that a dependency of that name would bind to it?
pub(super) fn has_other_file(maps: &str, name: &str, path: &str) -> bool {
    files(maps)
        .into_iter()
        .any(|mapped| mapped != path && base(mapped) == name)
}

/// Libraries of which the process has, or with these `needed` ones will have, two different versions. Each copy has a state of
/// its own; two of `SQLite` corrupt a database that both open (its locks belong to the process). `soname` tells that of a file, for
/// those that have another one than their names say.
#[must_use]
pub fn duplicates_in_maps(maps: &str, needed: &[String], soname: &dyn Fn(&str) -> Option<String>) -> Vec<String> {
    let mapped = files(maps);
    let libraries: Vec<(&str, &str)> = mapped
        .iter()
        .filter_map(|path| Some((stem(base(path))?, *path)))
        .collect();
    let mut found = Vec::new();
    for (at, (stem, path)) in libraries.iter().enumerate() {
        if let Some((_, other)) = libraries[..at].iter().find(|(earlier, _)| earlier == stem) {
            found.push(format!("{stem} is loaded twice: {other} and {path}"));
        }
    }
    for name in needed {
        let Some(wanted) = stem(name) else { continue };
        let present = || libraries.iter().filter(|(stem, _)| *stem == wanted);
        let is_it = |path: &str| provides(base(path), name) || soname(path).as_ref() == Some(name);
        if present().next().is_some() && !present().any(|(_, path)| is_it(path)) {
            let path = present().map(|(_, path)| *path).next().unwrap_or_default();
            found.push(format!(
                "libphp needs {name}, the process already has {path}: there will be two copies of {wanted}"
            ));
        }
    }
    found
}

/// What the file says itself: Debian's `libsqlite3.so.3.53.4` is `libsqlite3.so.0`.
pub(super) fn soname(path: &str) -> Option<String> {
    elf::inspect(&fs::read(path).ok()?).ok()?.soname
}

fn base(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

/// `libxml2` of `libxml2.so.2.9.14`.
fn stem(file: &str) -> Option<&str> {
    let (stem, _) = file.split_once(".so")?;
    stem.starts_with("lib").then_some(stem)
}

/// Is `libsqlite3.so.0.8.6` the file of the SONAME `libsqlite3.so.0`?
fn provides(file: &str, soname: &str) -> bool {
    file.strip_prefix(soname)
        .is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
}

#[cfg(test)]
mod tests {
    use super::*;

    const MAPS: &str = "\
55d0c0a00000-55d0c0b00000 r--p 00000000 fe:00 10 /usr/bin/php8.2
7f0000000000-7f0000001000 r--p 00000000 fe:00 11 /usr/lib/x86_64-linux-gnu/libsqlite3.so.0.8.6
7f0000001000-7f0000002000 r-xp 00001000 fe:00 11 /usr/lib/x86_64-linux-gnu/libsqlite3.so.0.8.6
7f0000003000-7f0000004000 r--p 00000000 fe:00 12 /usr/lib/x86_64-linux-gnu/libxml2.so.2.9.14 (deleted)
7ffc00000000-7ffc00021000 rw-p 00000000 00:00 0  [stack]
";

    #[test]
    fn lists_files_once() {
        assert_eq!(files(MAPS).len(), 3);
        assert_eq!(files(MAPS)[2], "/usr/lib/x86_64-linux-gnu/libxml2.so.2.9.14");
    }

    #[test]
    fn finds_a_replaced_allocator() {
        assert_eq!(allocator(MAPS), None);
        for name in ["libjemalloc.so.2", "libtcmalloc_minimal.so.4", "libmimalloc.so.2.0"] {
            let path = format!("/usr/lib/{name}");
            assert_eq!(
                allocator(&format!("{MAPS}1-2 r-xp 0 fe:00 9 {path}\n")),
                Some(path.as_str())
            );
        }
    }

    #[test]
    fn finds_duplicates() {
        let needed = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
        assert_eq!(
            duplicates_in_maps(
                MAPS,
                &needed(&["libsqlite3.so.0", "libxml2.so.2", "libz.so.1"]),
                &|_| None
            ),
            [""; 0]
        );
        let found = duplicates_in_maps(MAPS, &needed(&["libxml2.so.16"]), &|_| Some("libxml2.so.2".into()));
        assert!(found.len() == 1 && found[0].contains("two copies of libxml2"));
        let found = duplicates_in_maps(
            &format!("{MAPS}1-2 r-xp 0 fe:00 9 /opt/lib/libsqlite3.so.0\n"),
            &[],
            &|_| None,
        );
        assert!(found.len() == 1 && found[0].contains("libsqlite3 is loaded twice"));
    }

    #[test]
    fn a_file_has_the_soname_that_it_says() {
        let maps = MAPS.replace("libsqlite3.so.0.8.6", "libsqlite3.so.3.53.4");
        let says = |path: &str| path.ends_with("libsqlite3.so.3.53.4").then(|| "libsqlite3.so.0".into());
        assert_eq!(duplicates_in_maps(&maps, &["libsqlite3.so.0".into()], &says), [""; 0]);
        assert_eq!(duplicates_in_maps(&maps, &["libsqlite3.so.1".into()], &says).len(), 1);
    }

    #[test]
    fn finds_another_file_of_the_name() {
        assert!(has_other_file(MAPS, "libsqlite3.so.0.8.6", "/opt/libsqlite3.so.0.8.6"));
        assert!(!has_other_file(MAPS, "php8.2", "/usr/bin/php8.2"));
    }
}
