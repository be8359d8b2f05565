//! Gives a shared object other dependencies and another run path; everything else stays.
//!
//! The rewriting itself is `object-rewrite`'s. It works by section headers, which can be crafted, so the input is
//! checked first, a panic of the rewriter is turned into an error, and its output is inspected again before it is used.
//! Sound files that it cannot rewrite (those of lld, for one) are relinked by [`append`].

use std::collections::{HashMap, HashSet};
use std::panic::{AssertUnwindSafe, catch_unwind};

use object_rewrite::Rewriter;

use super::error::{Error, ErrorKind};
use super::image::Image;
use super::inspection::{Inspection, inspect};
use super::{append, layout, memory};

/// What [`relink`] is to change.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Relink {
    /// Libraries to depend on; those already there stay where they are, the others come first.
    pub add_needed: Vec<String>,
    /// Libraries to depend on no more.
    pub remove_needed: Vec<String>,
    /// Libraries to depend on in place of others: (old, new). Needs no room in the file's dynamic table.
    pub replace_needed: Vec<(String, String)>,
    /// Where the loader looks for dependencies; `None` leaves it alone.
    pub runpath: Option<String>,
}

impl Relink {
    /// Makes a file depend on `soname`: replaces `old` where it is given, adds it otherwise.
    #[must_use]
    pub fn to_libphp(soname: &str, old: Option<&str>) -> Self {
        match old {
            Some(old) => Self {
                replace_needed: vec![(old.to_owned(), soname.to_owned())],
                ..Self::default()
            },
            None => Self {
                add_needed: vec![soname.to_owned()],
                ..Self::default()
            },
        }
    }

    /// The same, with further libraries to depend on.
    #[must_use]
    pub fn with_needed(mut self, more: impl IntoIterator<Item = String>) -> Self {
        self.add_needed.extend(more);
        self
    }

    /// What the dependencies of a file become.
    fn wanted(&self, found: &[String]) -> Vec<String> {
        let mut wanted: Vec<String> = Vec::new();
        for name in found {
            let name = self
                .replace_needed
                .iter()
                .find(|(old, _)| old == name)
                .map_or(name, |(_, new)| new);
            if !self.remove_needed.contains(name) && !wanted.contains(name) {
                wanted.push(name.clone());
            }
        }
        let mut added: Vec<String> = Vec::new();
        for name in &self.add_needed {
            if !wanted.contains(name) && !added.contains(name) {
                added.push(name.clone());
            }
        }
        added.append(&mut wanted);
        added
    }
}

/// Returns the file with the wanted dependencies and run path. A file that needs no change comes back as it is, so
/// relinking twice gives the same bytes as relinking once.
///
/// # Errors
/// [`Error`] when [`inspect`] refuses the file, a name is empty or holds a NUL byte, or the file has no section headers
/// or no room. Never panics, whatever the bytes are.
pub fn relink(bytes: &[u8], change: &Relink) -> Result<Vec<u8>, Error> {
    check_names(change)?;
    let before = inspect(bytes)?;
    let wanted = change.wanted(&before.needed);
    let runpath = change
        .runpath
        .as_ref()
        .filter(|path| before.runpath.as_ref() != Some(path));
    if wanted == before.needed && runpath.is_none() {
        return Ok(bytes.to_vec());
    }
    let image = Image::parse(bytes)?;
    let rewritten = layout::check(&image)
        .and_then(|()| Plan::new(&before.needed, &wanted, runpath.cloned()).apply(bytes))
        .and_then(|output| verify(bytes, &before, &output, &wanted, change).map(|()| output));
    match rewritten {
        Err(error) if error.kind() == ErrorKind::NotRewritable => {}
        done => return done,
    }
    let output = append::apply(&image, &wanted, runpath.map(String::as_str))?;
    verify(bytes, &before, &output, &wanted, change)?;
    Ok(output)
}

fn check_names(change: &Relink) -> Result<(), Error> {
    let new = change.replace_needed.iter().map(|(_, new)| new);
    let bad = |name: &&String| name.is_empty() || name.contains('\0');
    match change.add_needed.iter().chain(new).find(bad) {
        Some(name) => Err(Error::new(
            ErrorKind::NotRewritable,
            format!("{name:?} is not the name of a library"),
        )),
        None if change.runpath.as_ref().is_some_and(|path| path.contains('\0')) => {
            Err(Error::new(ErrorKind::NotRewritable, "the run path holds a NUL byte"))
        }
        None => Ok(()),
    }
}

/// The edits in the rewriter's terms. Old names are reused for new ones where possible: that needs no room in the table.
struct Plan {
    replace: HashMap<Vec<u8>, Vec<u8>>,
    delete: HashSet<Vec<u8>>,
    add: Vec<Vec<u8>>,
    runpath: Option<String>,
}

impl Plan {
    fn new(found: &[String], wanted: &[String], runpath: Option<String>) -> Self {
        let gone: Vec<&String> = found.iter().filter(|name| !wanted.contains(name)).collect();
        let new: Vec<&String> = wanted.iter().filter(|name| !found.contains(name)).collect();
        let bytes = |name: &&String| name.as_bytes().to_vec();
        let reused = gone.len().min(new.len());
        Self {
            replace: gone
                .iter()
                .zip(&new)
                .map(|(old, new)| (bytes(old), bytes(new)))
                .collect(),
            delete: gone[reused..].iter().map(bytes).collect(),
            add: new[reused..].iter().map(bytes).collect(),
            runpath,
        }
    }

    fn apply(&self, bytes: &[u8]) -> Result<Vec<u8>, Error> {
        // A panic in the rewriter leaves nothing behind: it works on copies that are dropped here.
        catch_unwind(AssertUnwindSafe(|| self.rewrite(bytes)))
            .map_err(|_| Error::malformed("its section headers contradict each other"))?
            .map_err(|error| Error::new(ErrorKind::NotRewritable, error.to_string()))
    }

    fn rewrite(&self, bytes: &[u8]) -> object_rewrite::Result<Vec<u8>> {
        let mut rewriter = Rewriter::read(bytes)?;
        if !self.replace.is_empty() {
            rewriter.elf_replace_needed(&self.replace)?;
        }
        if !self.delete.is_empty() {
            rewriter.elf_delete_needed(&self.delete)?;
        }
        if !self.add.is_empty() {
            rewriter.elf_add_needed(&self.add)?;
        }
        if let Some(path) = &self.runpath {
            rewriter.elf_set_runpath(path.clone().into_bytes())?;
        }
        let mut output = Output {
            bytes: Vec::with_capacity(bytes.len() + 65_536),
            limit: bytes.len() + MAX_GROWTH,
        };
        rewriter.write(&mut output)?;
        Ok(output.bytes)
    }
}

/// What a file may grow by: its tables, moved and aligned, twice.
const MAX_GROWTH: usize = 16 << 20;

/// Takes what the rewriter writes, up to a limit. The rewriter pads in a loop that does not end on an error of its
/// output, so a full one unwinds, past the panic hook; `Plan::apply` catches it.
struct Output {
    bytes: Vec<u8>,
    limit: usize,
}

impl std::io::Write for Output {
    fn write(&mut self, part: &[u8]) -> std::io::Result<usize> {
        if self.bytes.len() + part.len() > self.limit {
            std::panic::resume_unwind(Box::new("the output is too large"));
        }
        self.bytes.extend_from_slice(part);
        Ok(part.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

/// The output must be what was asked for, and otherwise the same as the input.
fn verify(bytes: &[u8], before: &Inspection, output: &[u8], wanted: &[String], change: &Relink) -> Result<(), Error> {
    let after = inspect(output)?;
    let (mut left, mut right) = (after.needed.clone(), wanted.to_vec());
    left.sort_unstable();
    right.sort_unstable();
    let runpath = change.runpath.as_ref().or(before.runpath.as_ref());
    let kept = left == right
        && memory::is_kept(bytes, output)
        && after.runpath.as_ref() == runpath
        && after.soname == before.soname
        && after.build_ids == before.build_ids
        && after.module == before.module
        && after.same_symbols(before);
    if kept {
        Ok(())
    } else {
        Err(Error::new(
            ErrorKind::NotRewritable,
            "the result would not be what was asked for",
        ))
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{self, Fixture};
    use super::*;

    fn add(name: &str) -> Relink {
        Relink::to_libphp(name, None)
    }

    /// Every layout that linkers here can make; one that is absent is left out.
    fn layouts() -> Vec<Fixture> {
        let source = testing::extension_source("API20220829,TS")
            + "; static int zero[5000]; int data[3] = {1,2,3}; int *to = data;";
        vec![
            Fixture::build(&source, &[]),
            Fixture::build(&source, &["-Wl,-z,noseparate-code"]),
            Fixture::build(&source, &["-Wl,--hash-style=both", "-Wl,-z,now", "-Wl,-z,relro"]),
            Fixture::build(&source, &["-s"]),
            Fixture::build(&source, &["-g", "-Wl,-soname,ext.so", "-Wl,-rpath,/somewhere"]),
            Fixture::build(&source, &["-Wl,--spare-dynamic-tags=1"]),
            Fixture::build(&source, &["-Wl,--spare-dynamic-tags=1", "-Wl,-z,max-page-size=0x10000"]),
        ]
    }

    #[test]
    fn adds_a_dependency_once() {
        for fixture in layouts() {
            let bytes = fixture.bytes();
            let once = relink(&bytes, &add("libphp-x.so")).unwrap();
            let facts = inspect(&once).unwrap();
            assert_eq!(facts.needed[0], "libphp-x.so");
            assert_eq!(facts.needed[1..], inspect(&bytes).unwrap().needed);
            assert_eq!(relink(&once, &add("libphp-x.so")).unwrap(), once);
        }
    }

    #[test]
    fn replaces_in_place() {
        let bytes = relink(&testing::extension("API20220829,TS").bytes(), &add("libphp-a.so")).unwrap();
        let change = Relink::to_libphp("a-longer-name-than-before.so", Some("libphp-a.so"));
        let other = relink(&bytes, &change).unwrap();
        assert_eq!(inspect(&other).unwrap().needed[0], "a-longer-name-than-before.so");
        assert_eq!(relink(&other, &change).unwrap(), other);
    }

    #[test]
    fn sets_the_run_path_and_removes() {
        let bytes = relink(&testing::extension("API20220829,TS").bytes(), &add("liba.so")).unwrap();
        let change = Relink {
            runpath: Some("/opt/r".into()),
            remove_needed: vec!["liba.so".into()],
            ..Relink::default()
        };
        let once = relink(&bytes, &change).unwrap();
        let facts = inspect(&once).unwrap();
        assert!(facts.runpath.as_deref() == Some("/opt/r") && !facts.needed.contains(&"liba.so".into()));
        assert_eq!(relink(&once, &change).unwrap(), once);
    }

    #[test]
    fn does_nothing_when_nothing_is_asked() {
        let bytes = testing::extension("API20220829,TS").bytes();
        assert_eq!(relink(&bytes, &Relink::default()).unwrap(), bytes);
    }

    #[test]
    fn refuses_bad_names() {
        let bytes = testing::extension("API20220829,TS").bytes();
        for name in ["", "a\0b"] {
            assert_eq!(relink(&bytes, &add(name)).unwrap_err().kind(), ErrorKind::NotRewritable);
        }
    }

    #[test]
    fn the_result_loads_and_binds_to_the_new_library() {
        let engine = testing::engine("libphp-x.so", "");
        let directory = testing::TempDir::new();
        std::fs::copy(engine.path(), directory.path().join("libphp-x.so")).unwrap();
        for fixture in layouts() {
            let path = directory.path().join("ext.so");
            std::fs::write(&path, relink(&fixture.bytes(), &add("libphp-x.so")).unwrap()).unwrap();
            assert_eq!(testing::call(&path, "use", directory.path()), 7);
        }
    }

    #[test]
    fn appended_tables_load_as_well() {
        let engine = testing::engine("libphp-x.so", "");
        let directory = testing::TempDir::new();
        std::fs::copy(engine.path(), directory.path().join("libphp-x.so")).unwrap();
        for fixture in layouts() {
            let (path, bytes) = (directory.path().join("ext.so"), fixture.bytes());
            let mut needed = vec!["libphp-x.so".to_owned()];
            needed.extend(inspect(&bytes).unwrap().needed);
            let once = append::apply(&Image::parse(&bytes).unwrap(), &needed, Some("/opt/r")).unwrap();
            let twice = append::apply(&Image::parse(&once).unwrap(), &needed, Some("/opt/r2")).unwrap();
            for (bytes, runpath) in [(once, "/opt/r"), (twice, "/opt/r2")] {
                let facts = inspect(&bytes).unwrap();
                assert_eq!(
                    (facts.needed.as_slice(), facts.runpath.as_deref()),
                    (needed.as_slice(), Some(runpath))
                );
                std::fs::write(&path, &bytes).unwrap();
                assert_eq!(testing::call(&path, "use", directory.path()), 7);
            }
        }
    }

    #[test]
    fn relinks_without_section_headers() {
        let engine = testing::engine("libphp-x.so", "");
        let directory = testing::TempDir::new();
        std::fs::copy(engine.path(), directory.path().join("libphp-x.so")).unwrap();
        let mut bytes = testing::extension("API20220829,TS").bytes();
        bytes[40..48].fill(0); // e_shoff
        bytes[60..64].fill(0); // e_shnum, e_shstrndx
        let path = directory.path().join("ext.so");
        std::fs::write(&path, relink(&bytes, &add("libphp-x.so")).unwrap()).unwrap();
        assert_eq!(testing::call(&path, "use", directory.path()), 7);
    }

    #[test]
    fn survives_truncation_and_flipped_bits() {
        let good = testing::extension("API20220829,TS").bytes();
        let hook = std::panic::take_hook();
        std::panic::set_hook(Box::new(|_| ()));
        for length in (0..good.len()).step_by(13) {
            let _ = relink(&good[..length], &add("libphp-x.so"));
        }
        for bytes in testing::flipped(&good, 2_000) {
            let _ = relink(&bytes, &add("libphp-x.so"));
            let _ = Image::parse(&bytes).and_then(|image| append::apply(&image, &["libphp-x.so".into()], Some("/x")));
        }
        std::panic::set_hook(hook);
    }
}
