//! Channels by name.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, Weak};

use super::{Capacity, Channel};
use crate::core::event::lock;

/// Why there is no channel.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RegistryError {
    /// To make: there is one of that name.
    Exists,
    /// To open: there is none.
    Missing,
}

/// The names of channels, of each owner its own. A name lives as long as any handle of its channel.
#[derive(Debug)]
pub struct Registry<T> {
    names: Mutex<Names<T>>,
}

/// Whose name it is, and the name.
type Key = (u64, Box<[u8]>);

#[derive(Debug)]
struct Names<T> {
    channels: BTreeMap<Key, Weak<Channel<T>>>,
    /// How many names there may be before those of dead channels are looked for: so that it costs little for each.
    look_at: usize,
}

impl<T> Default for Registry<T> {
    fn default() -> Self {
        Self::new()
    }
}

impl<T> Registry<T> {
    const FIRST_LOOK: usize = 64;

    /// No names.
    #[must_use]
    pub const fn new() -> Self {
        Self {
            names: Mutex::new(Names {
                channels: BTreeMap::new(),
                look_at: Self::FIRST_LOOK,
            }),
        }
    }

    /// A new channel under a name that is new to `owner`.
    ///
    /// # Errors
    /// The name is taken.
    pub fn make(&self, owner: u64, name: &[u8], capacity: Capacity) -> Result<Arc<Channel<T>>, RegistryError> {
        let key = (owner, name.into());
        let mut names = lock(&self.names);
        if names
            .channels
            .get(&key)
            .is_some_and(|channel| channel.strong_count() > 0)
        {
            return Err(RegistryError::Exists);
        }
        if names.channels.len() >= names.look_at {
            names.channels.retain(|_, channel| channel.strong_count() > 0);
            names.look_at = Self::FIRST_LOOK.max(2 * names.channels.len());
        }
        let channel = Arc::new(Channel::named(Some(name.into()), capacity));
        names.channels.insert(key, Arc::downgrade(&channel));
        Ok(channel)
    }

    /// The channel that has that name for `owner`.
    ///
    /// # Errors
    /// There is none, or no longer.
    pub fn open(&self, owner: u64, name: &[u8]) -> Result<Arc<Channel<T>>, RegistryError> {
        let names = lock(&self.names);
        names
            .channels
            .get(&(owner, name.into()))
            .and_then(Weak::upgrade)
            .ok_or(RegistryError::Missing)
    }
}

#[cfg(all(test, not(loom)))]
mod tests {
    use super::*;

    #[test]
    fn a_name_lives_as_long_as_a_handle() {
        let registry = Registry::<u8>::new();
        let one = registry.make(1, b"a", Capacity::Bounded(0)).unwrap();
        assert_eq!(
            registry.make(1, b"a", Capacity::Unbounded).unwrap_err(),
            RegistryError::Exists
        );
        let two = registry.open(1, b"a").unwrap();
        assert!(Arc::ptr_eq(&one, &two) && two.name() == Some(b"a"));
        drop(one);
        assert!(registry.open(1, b"a").is_ok());
        drop(two);
        assert_eq!(registry.open(1, b"a").unwrap_err(), RegistryError::Missing);
        assert!(registry.make(1, b"a", Capacity::Unbounded).is_ok());
    }

    #[test]
    fn each_owner_has_names_of_its_own() {
        let registry = Registry::<u8>::new();
        let one = registry.make(1, b"a", Capacity::Unbounded).unwrap();
        assert_eq!(registry.open(2, b"a").unwrap_err(), RegistryError::Missing);
        let two = registry.make(2, b"a", Capacity::Unbounded).unwrap();
        assert!(!Arc::ptr_eq(&one, &two) && Arc::ptr_eq(&registry.open(1, b"a").unwrap(), &one));
    }

    #[test]
    fn names_of_the_dead_are_forgotten() {
        let registry = Registry::<u8>::new();
        let kept = registry.make(1, b"kept", Capacity::Unbounded).unwrap();
        for number in 0..10_000_u32 {
            drop(registry.make(1, &number.to_ne_bytes(), Capacity::Unbounded).unwrap());
        }
        assert!(lock(&registry.names).channels.len() <= Registry::<u8>::FIRST_LOOK + 1);
        assert!(Arc::ptr_eq(&registry.open(1, b"kept").unwrap(), &kept));
    }
}
