<?php

declare(strict_types=1);

/** Settings that a script changes, and what they open. */

$always = 'no script may set it, confined or not';

return [
    'ini_set of open_basedir' => ['basedir', static fn (Arena $at) => ini_set('open_basedir', '/') . file_get_contents($at->secret())],
    'ini_set of open_basedir to nothing' => ['basedir', static fn (Arena $at) => ini_set('open_basedir', '') . file_get_contents($at->secret())],
    'ini_set of open_basedir to more' => ['basedir', static fn (Arena $at) => ini_set('open_basedir', $at->in() . ':' . $at->out() . ':/') . file_get_contents($at->secret())],
    'ini_set of open_basedir with dots' => ['basedir', static fn (Arena $at) => ini_set('open_basedir', $at->in('../') . ':' . $at->in() . ':/') . file_get_contents($at->secret())],
    'ini_alter' => ['basedir', static fn (Arena $at) => ini_alter('open_basedir', '/') . file_get_contents($at->secret())],
    'ini_restore' => ['basedir', static function (Arena $at) {
        ini_restore('open_basedir');
        return file_get_contents($at->secret());
    }],
    'ini_set of session.save_path' => ['basedir', static function (Arena $at) {
        if (ini_set('session.save_path', $at->out('made')) === false) {
            return false;
        }
        ini_restore('session.save_path');
        return true;
    }, 'needs' => 'session'],
    'ini_set of error_log' => ['basedir', static function (Arena $at) {
        $log = ini_set('log_errors', '1');
        $set = ini_set('error_log', $at->made());
        error_log('x');
        ini_restore('error_log');
        ini_set('log_errors', (string) $log);
        return $set !== false && file_exists($at->made());
    }],
    'ini_set of mail.log' => ['basedir', static fn (Arena $at) => ini_set('mail.log', $at->made()) !== false, 'no control' => $always],
    'ini_set of auto_prepend_file' => ['basedir', static fn (Arena $at) => ini_set('auto_prepend_file', $at->out('secret.php')) !== false, 'no control' => $always],
    'ini_set of extension_dir' => ['basedir', static fn (Arena $at) => ini_set('extension_dir', $at->out()) !== false, 'no control' => $always],
    'ini_set of sys_temp_dir' => ['basedir', static fn (Arena $at) => ini_set('sys_temp_dir', $at->out()) !== false, 'no control' => $always],
    'ini_set of sqlite3.extension_dir' => ['basedir', static fn (Arena $at) => ini_set('sqlite3.extension_dir', $at->out()) !== false, 'no control' => $always],
    'ini_set of sendmail_path' => ['functions', static fn () => ini_set('sendmail_path', 'cat') !== false, 'no control' => $always],
    'ini_set of disable_functions' => ['functions', static fn () => ini_set('disable_functions', '') . exec('echo ' . Arena::MARK)],
    'ini_restore of disable_functions' => ['functions', static function () {
        ini_restore('disable_functions');
        return exec('echo ' . Arena::MARK);
    }],
    'ini_set of allow_url_fopen' => ['urls', static fn () => ini_set('allow_url_fopen', '1') . file_get_contents('data:text/plain,' . Arena::MARK)],
    'ini_set of ffi.enable' => ['ffi', static fn () => ini_set('ffi.enable', '1') . (FFI::cdef('int getpid(void);')->getpid() > 0 ? Arena::MARK : ''), 'needs' => 'FFI'],
    '.user.ini' => ['basedir', static function (Arena $at) {
        mkdir($own = $at->own());
        file_put_contents("$own/.user.ini", "open_basedir=/\nuser_agent=" . Arena::MARK . "\n");
        file_put_contents("$own/page.php", '<?php return ini_get("user_agent") . ini_get("open_basedir");');
        return FfiZts::boot()->runScript("$own/page.php")->value;
    }, 'no control' => 'jobs read none'],
];
