//! PHP values as neutral option values.

use ext_php_rs::types::{ArrayKey, ZendHashTable, Zval};

use crate::core::options::OptionValue;

/// A value of the options array.
pub(super) fn option_value(value: &Zval) -> OptionValue {
    let value = value.dereference();
    if value.is_null() {
        OptionValue::Null
    } else if let Some(value) = value.bool() {
        OptionValue::Bool(value)
    } else if let Some(value) = value.long() {
        OptionValue::Int(value)
    } else if let Some(value) = value.double() {
        OptionValue::Float(value)
    } else if let Some(value) = value.zend_str() {
        OptionValue::Text(value.as_bytes().to_vec())
    } else if let Some(array) = value.array() {
        if array.has_sequential_keys() {
            OptionValue::List(array.values().map(option_value).collect())
        } else {
            OptionValue::Map(pairs(array))
        }
    } else if value.is_object() {
        OptionValue::Other("object")
    } else {
        OptionValue::Other("resource")
    }
}

/// Keys (as bytes) and values of an array, in order.
fn pairs(array: &ZendHashTable) -> Vec<(Vec<u8>, OptionValue)> {
    array
        .into_iter()
        .map(|(key, value)| (key_bytes(&key), option_value(value)))
        .collect()
}

/// An options array: names and values.
pub(super) fn options(array: &ZendHashTable) -> Vec<(String, OptionValue)> {
    pairs(array)
        .into_iter()
        .map(|(key, value)| (String::from_utf8_lossy(&key).into_owned(), value))
        .collect()
}

/// File names given one by one. `Err` names the one that is no string.
pub(super) fn strings(values: &[&Zval]) -> Result<Vec<Vec<u8>>, String> {
    let one = |(index, value): (usize, &&Zval)| {
        let text = value.dereference().zend_str().map(|text| text.as_bytes().to_vec());
        text.ok_or_else(|| format!("argument #{} must be a string", index + 1))
    };
    values.iter().enumerate().map(one).collect()
}

fn key_bytes(key: &ArrayKey<'_>) -> Vec<u8> {
    match key {
        ArrayKey::Long(index) => index.to_string().into_bytes(),
        ArrayKey::String(key) => key.as_bytes().to_vec(),
        ArrayKey::Str(key) => key.as_bytes().to_vec(),
        ArrayKey::ZendString(key) => key.as_bytes().to_vec(),
    }
}

/// A list of arguments for a script: scalars, as PHP would put them into `$argv`. `Err` names the one that is not.
pub(super) fn arguments(array: Option<&ZendHashTable>) -> Result<Vec<Vec<u8>>, String> {
    let mut arguments = Vec::new();
    for (index, value) in array.into_iter().flat_map(ZendHashTable::values).enumerate() {
        let value = value.dereference();
        arguments.push(match value.zend_str() {
            Some(text) => text.as_bytes().to_vec(),
            None if value.is_scalar() => value.coerce_to_string().unwrap_or_default().into_bytes(),
            None => return Err(format!("argument $argv[{index}] must be a string, int, float or bool")),
        });
    }
    Ok(arguments)
}
