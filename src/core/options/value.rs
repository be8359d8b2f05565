//! A PHP value as an option's parser sees it.

/// What was given for an option: a PHP value without PHP.
#[derive(Clone, Debug, PartialEq)]
pub enum OptionValue {
    /// `null`: as if the option were not given.
    Null,
    /// A boolean.
    Bool(bool),
    /// An integer.
    Int(i64),
    /// A float.
    Float(f64),
    /// A string; not necessarily UTF-8.
    Text(Vec<u8>),
    /// An array with the keys 0, 1, 2…
    List(Vec<OptionValue>),
    /// Any other array.
    Map(Vec<(Vec<u8>, OptionValue)>),
    /// Anything else, by the name of its type.
    Other(&'static str),
}

impl OptionValue {
    /// Its type as PHP names it in error messages.
    #[must_use]
    pub fn type_name(&self) -> &'static str {
        match self {
            Self::Null => "null",
            Self::Bool(_) => "bool",
            Self::Int(_) => "int",
            Self::Float(_) => "float",
            Self::Text(_) => "string",
            Self::List(_) | Self::Map(_) => "array",
            Self::Other(name) => name,
        }
    }
}

impl From<&str> for OptionValue {
    fn from(text: &str) -> Self {
        Self::Text(text.as_bytes().to_vec())
    }
}
