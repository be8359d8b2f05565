//! Which options are the process's, and which are those of jobs.
//!
//! A process has one guest: what that is opened and started with is the same for all of its requests. What only jobs notice is each
//! request's own, off the command line, where requests of a process may be of different people.

use super::{IniEntry, Options, Source};

/// Settings that the guest reads when it starts, or whose meaning is that of all threads. A name that ends in a dot stands for
/// everything below it. All others are set for each job.
const OF_PROCESS: [&str; 9] = [
    "disable_classes",
    "disable_functions",
    "enable_dl",
    "extension_dir",
    "ffi.",
    "opcache.",
    "realpath_cache_size",
    "realpath_cache_ttl",
    "zend.assertions",
];

/// Is it a setting that cannot be of one job?
fn is_of_process(key: &str) -> bool {
    OF_PROCESS.iter().any(|name| {
        if name.ends_with('.') {
            key.starts_with(name)
        } else {
            key == *name
        }
    })
}

impl Options {
    /// Names of the options of the process whose values differ.
    #[must_use]
    pub fn process_differences(&self, booted: &Self) -> Vec<&'static str> {
        let ini = |options: &Self| Self {
            ini: options
                .ini
                .iter()
                .filter(|entry| is_of_process(&entry.key))
                .cloned()
                .collect(),
            ..options.with_jobs_of(booted)
        };
        ini(self).differences(&ini(booted))
    }

    /// These with what `settings`, options that nobody gave, say of jobs: what a process is booted with for the first of its requests.
    #[must_use]
    pub fn of_process(&self, settings: &Self) -> Self {
        let given = self.ini.iter().filter(|entry| entry.source == Source::Runtime);
        let mut all = self.with_jobs_of(settings);
        all.ini.clone_from(&settings.ini);
        for entry in given.filter(|entry| is_of_process(&entry.key)) {
            all.set_ini(entry.clone());
        }
        all
    }

    /// These, which a process was booted with, with what `own` says of jobs.
    #[must_use]
    pub fn for_request(&self, own: &Self) -> Self {
        let mut all = self.with_jobs_of(own);
        for entry in own.ini.iter().filter(|entry| !is_of_process(&entry.key)) {
            all.set_ini(entry.clone());
        }
        all
    }

    fn with_jobs_of(&self, other: &Self) -> Self {
        Self {
            prepend: other.prepend.clone(),
            bootstrap: other.bootstrap.clone(),
            autoload: other.autoload,
            output: other.output,
            ..self.clone()
        }
    }

    /// The settings of the guest that a job has from these options, when the guest was booted with others.
    pub fn job_entries<'o>(&'o self, booted: &'o Self) -> impl Iterator<Item = &'o IniEntry> {
        let is_booted = |entry: &IniEntry| {
            let other = booted.ini_entry(&entry.key);
            other.is_some_and(|other| other.value == entry.value)
        };
        let of_job = self.ini.iter().filter(|entry| !is_of_process(&entry.key));
        of_job.filter(move |entry| !is_booted(entry))
    }
}

#[cfg(test)]
mod tests {
    use super::super::OptionValue;
    use super::*;

    fn settings() -> Options {
        let text = |name: &str| match name {
            "prepend" => Some("/set.php".to_owned()),
            "ini" => Some("precision=9;opcache.enable=1".to_owned()),
            _ => None,
        };
        Options::parse::<&str>(&[], &text).unwrap()
    }

    fn page() -> Options {
        let ini = [
            ("precision", "5"),
            ("memory_limit", "1M"),
            ("opcache.jit", "off"),
            ("opcache.enable", "0"),
        ];
        let ini = ini.into_iter().map(|(key, value)| (key.into(), value.into())).collect();
        let given = [
            ("threads", OptionValue::Int(3)),
            ("prepend", OptionValue::List(vec!["/page.php".into()])),
            ("bootstrap", "/boot.php".into()),
            ("output", "stdout".into()),
            ("ini", OptionValue::Map(ini)),
        ];
        let text = |name: &str| (name == "ini").then(|| "precision=9;opcache.enable=1".to_owned());
        Options::parse(&given, &text).unwrap()
    }

    fn value<'o>(options: &'o Options, key: &str) -> Option<&'o str> {
        options.ini_entry(key).map(|entry| &*entry.value)
    }

    #[test]
    fn a_process_has_nothing_of_the_first_pages_jobs() {
        let process = page().of_process(&settings());
        assert_eq!((process.threads, process.bootstrap.is_none()), (3, true));
        assert_eq!(process.prepend, settings().prepend);
        assert_eq!(process.output, settings().output);
        assert_eq!(
            (value(&process, "precision"), value(&process, "memory_limit")),
            (Some("9"), None)
        );
        assert_eq!(
            (value(&process, "opcache.jit"), value(&process, "opcache.enable")),
            (Some("off"), Some("0"))
        );
    }

    #[test]
    fn a_request_has_its_own_jobs_and_the_processes_rest() {
        let process = page().of_process(&settings());
        let next = process.for_request(&settings());
        assert_eq!(next, process);
        let own = process.for_request(&page());
        assert_eq!((&own.prepend, own.threads), (&page().prepend, 3));
        let keys: Vec<_> = page().job_entries(&process).map(|entry| entry.key.clone()).collect();
        assert_eq!(keys, ["precision", "memory_limit"]);
        assert_eq!(next.job_entries(&process).count(), 0);
        assert!(own.process_differences(&process).is_empty() && next.process_differences(&process).is_empty());
        assert_eq!(settings().process_differences(&process), ["threads", "ini"]);
    }
}
