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

/// The names of channels. A name lives as long as any handle of its channel.
#[derive(Debug)]
pub struct Registry<T> {
    names: Mutex<Names<T>>,
}

#[derive(Debug)]
struct Names<T> {
    channels: BTreeMap<Box<[u8]>, Weak<Channel<T>>>,
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

    /// A new channel under a new name.
    ///
    /// # Errors
    /// The name is taken.
    pub fn make(&self, name: &[u8], capacity: Capacity) -> Result<Arc<Channel<T>>, RegistryError> {
        let mut names = lock(&self.names);
        if names
            .channels
            .get(name)
            .is_some_and(|channel| channel.strong_count() > 0)
        {
            return Err(RegistryError::Exists);
        }
        if names.channels.len() >= names.look_at {
            names.channels.retain(|_, channel| channel.strong_count() > 0);
            names.look_at = Self::FIRST_LOOK.max(2 * names.channels.len());
        }
        let channel = Arc::new(Channel::named(Some(name.into()), capacity));
        names.channels.insert(name.into(), Arc::downgrade(&channel));
        Ok(channel)
    }

    /// The channel of that name.
    ///
    /// # Errors
    /// There is none, or no longer.
    pub fn open(&self, name: &[u8]) -> Result<Arc<Channel<T>>, RegistryError> {
        let names = lock(&self.names);
        names
            .channels
            .get(name)
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
        let one = registry.make(b"a", Capacity::Bounded(0)).unwrap();
        assert_eq!(
            registry.make(b"a", Capacity::Unbounded).unwrap_err(),
            RegistryError::Exists
        );
        let two = registry.open(b"a").unwrap();
        assert!(Arc::ptr_eq(&one, &two) && two.name() == Some(b"a"));
        drop(one);
        assert!(registry.open(b"a").is_ok());
        drop(two);
        assert_eq!(registry.open(b"a").unwrap_err(), RegistryError::Missing);
        assert!(registry.make(b"a", Capacity::Unbounded).is_ok());
    }

    #[test]
    fn names_of_the_dead_are_forgotten() {
        let registry = Registry::<u8>::new();
        let kept = registry.make(b"kept", Capacity::Unbounded).unwrap();
        for number in 0..10_000_u32 {
            drop(registry.make(&number.to_ne_bytes(), Capacity::Unbounded).unwrap());
        }
        assert!(lock(&registry.names).channels.len() <= Registry::<u8>::FIRST_LOOK + 1);
        assert!(Arc::ptr_eq(&registry.open(b"kept").unwrap(), &kept));
    }
}
