//! zval → wire.

use ext_php_rs::types::{ArrayKey, ZendObject, Zval};
use thiserror::Error;

use crate::bridge::wire::{MAX_DEPTH, Writer};

/// Why a value cannot cross.
#[derive(Debug, Error, PartialEq, Eq)]
pub enum EncodeError {
    /// A value of a kind that is bound to its engine.
    #[error("{path}: {what} cannot cross to another thread")]
    Kind {
        /// Where it stands, as PHP code would reach it.
        path: String,
        /// What it is.
        what: String,
    },
    /// Nested too deep, or recursive.
    #[error("{path}: nested deeper than {MAX_DEPTH} levels (a recursive array cannot cross to another thread)")]
    Depth {
        /// Where the limit was met.
        path: String,
    },
}

/// Writes `value`; `root` names it in errors.
///
/// # Errors
/// When it holds something that cannot cross; nothing that was written before it is of use then.
pub fn encode(writer: &mut Writer, root: &str, value: &Zval) -> Result<(), EncodeError> {
    let mut path = Path {
        root,
        steps: Vec::new(),
    };
    encode_at(writer, &mut path, value)
}

/// The way to a value: keys are kept as they are and put into words only for an error.
struct Path<'a> {
    root: &'a str,
    steps: Vec<ArrayKey<'a>>,
}

impl Path<'_> {
    fn describe(&self) -> String {
        use std::fmt::Write as _;
        let mut text = self.root.to_owned();
        for (depth, step) in self.steps.iter().enumerate() {
            if depth == 8 && self.steps.len() > 10 {
                let _ = write!(text, "… ({} more)", self.steps.len() - depth);
                break;
            }
            // Writing to a String cannot fail.
            let _ = match step {
                ArrayKey::Long(index) => write!(text, "[{index}]"),
                ArrayKey::String(key) => write!(text, "['{key}']"),
                ArrayKey::Str(key) => write!(text, "['{key}']"),
                ArrayKey::ZendString(key) => write!(text, "['{}']", String::from_utf8_lossy(key.as_bytes())),
            };
        }
        text
    }
}

fn encode_at<'a>(writer: &mut Writer, path: &mut Path<'a>, value: &'a Zval) -> Result<(), EncodeError> {
    let value = value.dereference();
    if value.is_null() {
        writer.null();
    } else if let Some(value) = value.bool() {
        writer.bool(value);
    } else if let Some(value) = value.long() {
        writer.int(value);
    } else if let Some(value) = value.double() {
        writer.float(value);
    } else if let Some(value) = value.zend_str() {
        writer.string(value.as_bytes());
    } else if let Some(array) = value.array() {
        if path.steps.len() >= MAX_DEPTH {
            return Err(EncodeError::Depth { path: path.describe() });
        }
        writer.array(array.len());
        for (key, element) in array {
            match &key {
                ArrayKey::Long(index) => writer.int(*index),
                ArrayKey::String(key) => writer.string(key.as_bytes()),
                ArrayKey::Str(key) => writer.string(key.as_bytes()),
                ArrayKey::ZendString(key) => writer.string(key.as_bytes()),
            }
            path.steps.push(key);
            encode_at(writer, path, element)?;
            path.steps.pop();
        }
    } else if let Some(object) = value.object() {
        encode_object(writer, path, object)?;
    } else if value.is_resource() {
        return Err(EncodeError::Kind {
            path: path.describe(),
            what: "a resource".to_owned(),
        });
    } else {
        // What is left: undefined, which an array can hold for a moment, reads as null.
        writer.null();
    }
    Ok(())
}

fn encode_object(writer: &mut Writer, path: &Path<'_>, object: &ZendObject) -> Result<(), EncodeError> {
    let class = object.get_class_entry();
    let name = class.name().unwrap_or("object").to_owned();
    if class.flags().contains(ext_php_rs::flags::ClassFlags::Enum) {
        // The case name is the first property slot of an enum object (php-src Zend/zend_enum.h, ZEND_ENUM_CASE_NAME).
        // SAFETY: objects of enum classes are made by zend_enum_new(), which initialises slot 0 with a string.
        let case = unsafe { object.properties_table.as_ptr().cast::<Zval>().as_ref() };
        if let Some(case) = case.and_then(Zval::zend_str) {
            writer.enum_case(name.as_bytes(), case.as_bytes());
            return Ok(());
        }
    }
    Err(EncodeError::Kind {
        path: path.describe(),
        what: name,
    })
}
