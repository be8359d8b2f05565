//! Which settings a guest has from its host, where its own `ini` and `ini_file` say nothing of them: what changes the meaning of
//! code, what it gives away, where it stores or sends. The whole table, with what is not taken over and why, is `docs/settings.md`.
//!
//! Restrictions are not among them: they hold whatever the options say ([`guest_ini`](super::guest_ini), [`job_ini`](super::job_ini)).

/// Names of settings, or starts of names: one that ends in a dot stands for everything below it.
const TAKEN: [&str; 92] = [
    // What code means.
    "arg_separator.input",
    "arg_separator.output",
    "assert.",
    "auto_detect_line_endings",
    "auto_globals_jit",
    "bcmath.",
    "date.",
    "default_charset",
    "default_socket_timeout",
    "exif.",
    "fiber.",
    "filter.",
    "from",
    "gd.",
    "highlight.",
    "iconv.",
    "igbinary.",
    "imagick.",
    "include_path",
    "input_encoding",
    "internal_encoding",
    "intl.",
    "max_memory_limit",
    "mbstring.",
    "msgpack.",
    "output_encoding",
    "pcre.",
    "precision",
    "realpath_cache_size",
    "realpath_cache_ttl",
    "request_order",
    "serialize_precision",
    "short_open_tag",
    "tidy.",
    "unserialize_callback_func",
    "unserialize_max_depth",
    "url_rewriter.",
    "user_agent",
    "variables_order",
    "xmlrpc_error_number",
    "xmlrpc_errors",
    "yaml.",
    "zend.assertions",
    "zend.detect_unicode",
    "zend.enable_gc",
    "zend.multibyte",
    "zend.script_encoding",
    // What it gives away.
    "display_errors",
    "display_startup_errors",
    "docref_ext",
    "docref_root",
    "error_append_string",
    "error_log",
    "error_log_mode",
    "error_prepend_string",
    "error_reporting",
    "expose_php",
    "fatal_error_backtraces",
    "html_errors",
    "ignore_repeated_errors",
    "ignore_repeated_source",
    "log_errors",
    "log_errors_max_len",
    "report_memleaks",
    "report_zend_debug",
    "syslog.",
    "zend.exception_ignore_args",
    "zend.exception_string_param_max_len",
    // Where it stores, sends and connects, and whom it trusts there.
    "SMTP",
    "amqp.",
    "curl.",
    "ldap.",
    "mail.",
    "memcache.",
    "memcached.",
    "mysqli.",
    "mysqlnd.",
    "oci8.",
    "odbc.",
    "openssl.",
    "pdo_mysql.",
    "pgsql.",
    "phar.readonly",
    "phar.require_hash",
    "redis.",
    "sendmail_from",
    "sendmail_path",
    "session.",
    "smtp_port",
    "soap.",
    "sqlite3.",
    "sys_temp_dir",
];

/// Exceptions from the names above: a session that starts by itself would do so in every job, and wait for the page's; uploads are a
/// page's; code is the guest's own.
const LEFT: [&str; 3] = [
    "session.auto_start",
    "session.upload_progress.",
    "sqlite3.extension_dir",
];

/// Does a guest have this setting from its host?
#[must_use]
pub fn is_taken(name: &str) -> bool {
    is_listed(&TAKEN, name) && !is_listed(&LEFT, name)
}

fn is_listed(list: &[&str], name: &str) -> bool {
    list.iter().any(|listed| {
        if listed.ends_with('.') {
            name.starts_with(listed)
        } else {
            name == *listed
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_what_is_below_them() {
        for name in [
            "short_open_tag",
            "session.save_path",
            "date.timezone",
            "zend.assertions",
        ] {
            assert!(is_taken(name), "{name}");
        }
        for name in [
            "short_open",
            "session",
            "precision2",
            "session.auto_start",
            "session.upload_progress.name",
        ] {
            assert!(!is_taken(name), "{name}");
        }
    }

    /// A restriction has one way into a guest, which options cannot loosen; native code and the start of the guest have none.
    #[test]
    fn neither_restrictions_nor_the_start() {
        for name in [
            "open_basedir",
            "disable_functions",
            "disable_classes",
            "memory_limit",
            "allow_url_fopen",
            "allow_url_include",
            "enable_dl",
            "extension",
            "extension_dir",
            "zend_extension",
            "sqlite3.extension_dir",
            "opcache.enable",
            "opcache.preload",
            "ffi.enable",
            "ffi.preload",
            "ffi_zts.threads",
            "auto_prepend_file",
            "auto_append_file",
            "browscap",
            "phar.cache_list",
            "xdebug.mode",
        ] {
            assert!(!is_taken(name), "{name}");
        }
    }
}
