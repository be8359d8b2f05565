<?php

declare(strict_types=1);

/** What open_basedir keeps PHP's own functions from: to read, to make, to change, to ask for. */

return [
    'fopen' => ['basedir', static fn (Arena $at) => stream_get_contents(fopen($at->secret(), 'r'))],
    'file_get_contents' => ['basedir', static fn (Arena $at) => file_get_contents($at->secret())],
    'file' => ['basedir', static fn (Arena $at) => implode('', file($at->secret()))],
    'readfile' => ['basedir', static fn (Arena $at) => readfile($at->secret())],
    'include' => ['basedir', static fn (Arena $at) => include $at->out('secret.php')],
    'include_once' => ['basedir', static fn (Arena $at) => include_once $at->victim()],
    'require' => ['basedir', static fn (Arena $at) => require $at->out('secret.php')],
    'include of text' => ['basedir', static fn (Arena $at) => include $at->secret()],
    'include by include_path' => ['basedir', static function (Arena $at) {
        $before = set_include_path($at->out());
        try {
            return include 'secret.php';
        } finally {
            set_include_path($before);
        }
    }],
    'fopen by include_path' => ['basedir', static function (Arena $at) {
        $before = set_include_path($at->out());
        try {
            return stream_get_contents(fopen('secret', 'r', true));
        } finally {
            set_include_path($before);
        }
    }],
    'spl_autoload by include_path' => ['basedir', static function (Arena $at) {
        $before = set_include_path($at->out());
        try {
            spl_autoload('Outside', '.php');
            return class_exists('Outside', false);
        } finally {
            set_include_path($before);
        }
    }],
    'copy from outside' => ['basedir', static fn (Arena $at) => copy($at->secret(), $own = $at->own()) ? file_get_contents($own) : false],
    'copy to outside' => ['basedir', static fn (Arena $at) => copy($at->in('allowed'), $at->made())],
    'copy over outside' => ['basedir', static fn (Arena $at) => copy($at->in('allowed'), $at->victim())],
    'rename from outside' => ['basedir', static fn (Arena $at) => rename($at->victim(), $own = $at->own()) ? file_get_contents($own) : false],
    'rename to outside' => ['basedir', static fn (Arena $at) => touch($own = $at->own()) && rename($own, $at->made())],
    'symlink' => ['basedir', static fn (Arena $at) => symlink($at->secret(), $own = $at->own()) ? file_get_contents($own) : false],
    'symlink made outside' => ['basedir', static fn (Arena $at) => symlink($at->in('allowed'), $at->made())],
    'readlink' => ['basedir', static fn (Arena $at) => readlink($at->out('link')) === $at->secret()],
    'linkinfo' => ['basedir', static fn (Arena $at) => linkinfo($at->out('link')) > 0],
    'link' => ['basedir', static fn (Arena $at) => link($at->secret(), $own = $at->own()) ? file_get_contents($own) : false],
    'link made outside' => ['basedir', static fn (Arena $at) => link($at->in('allowed'), $at->made())],
    'touch' => ['basedir', static fn (Arena $at) => touch($at->made())],
    'touch what is there' => ['basedir', static fn (Arena $at) => touch($at->victim(), 1000)],
    'mkdir' => ['basedir', static fn (Arena $at) => mkdir($at->made())],
    'mkdir of several' => ['basedir', static fn (Arena $at) => mkdir($at->made() . '/a/b', 0777, true)],
    'rmdir' => ['basedir', static fn (Arena $at) => rmdir($at->out('victims.d/rmdir'))],
    'unlink' => ['basedir', static fn (Arena $at) => unlink($at->victim())],
    'chmod' => ['basedir', static fn (Arena $at) => chmod($at->victim(), 0400)],
    'file_put_contents' => ['basedir', static fn (Arena $at) => file_put_contents($at->made(), 'x') === 1],
    'file_put_contents over' => ['basedir', static fn (Arena $at) => file_put_contents($at->victim(), 'x', FILE_APPEND) === 1],
    'fopen x' => ['basedir', static fn (Arena $at) => (bool) fopen($at->made(), 'x')],
    'fopen c+' => ['basedir', static fn (Arena $at) => stream_get_contents(fopen($at->victim(), 'c+'))],
    'tempnam' => ['basedir', static fn (Arena $at) => str_starts_with((string) tempnam($at->out('made'), 'x'), $at->out())],
    'error_log' => ['basedir', static fn (Arena $at) => error_log('x', 3, $at->made())],
    'move by stream_copy_to_stream' => ['basedir', static fn (Arena $at) => stream_copy_to_stream(fopen($at->secret(), 'r'), $own = fopen($at->own(), 'w+')) && rewind($own) ? stream_get_contents($own) : false],
    'glob' => ['basedir', static fn (Arena $at) => (glob($at->out('sec*')) ?: []) !== []],
    'glob by braces' => ['basedir', static fn (Arena $at) => (glob($at->in('{.,..}') . '/../out/{secret,x}', GLOB_BRACE) ?: []) !== []],
    'scandir' => ['basedir', static fn (Arena $at) => in_array('secret', scandir($at->out()), true)],
    'opendir' => ['basedir', static fn (Arena $at) => (bool) readdir(opendir($at->out()))],
    'dir' => ['basedir', static fn (Arena $at) => (bool) dir($at->out())->read()],
    'chdir' => ['basedir', static function (Arena $at) {
        $before = getcwd();
        try {
            return chdir($at->out()) ? file_get_contents('secret') : false;
        } finally {
            chdir((string) $before);
        }
    }],
    'stat' => ['basedir', static fn (Arena $at) => stat($at->secret())['size'] > 0],
    'lstat' => ['basedir', static fn (Arena $at) => lstat($at->secret())['size'] > 0],
    'realpath' => ['basedir', static fn (Arena $at) => realpath($at->secret()) === $at->secret()],
    'file_exists' => ['basedir', static fn (Arena $at) => file_exists($at->secret())],
    'is_file' => ['basedir', static fn (Arena $at) => is_file($at->secret())],
    'is_dir' => ['basedir', static fn (Arena $at) => is_dir($at->out())],
    'is_link' => ['basedir', static fn (Arena $at) => is_link($at->out('link'))],
    'is_writable' => ['basedir', static fn (Arena $at) => is_writable($at->secret())],
    'filesize' => ['basedir', static fn (Arena $at) => filesize($at->secret()) > 0],
    'fileperms' => ['basedir', static fn (Arena $at) => fileperms($at->secret()) > 0],
    'filemtime' => ['basedir', static fn (Arena $at) => filemtime($at->secret()) > 0],
    'disk_free_space' => ['basedir', static fn (Arena $at) => disk_free_space($at->out()) > 0],
    'parse_ini_file' => ['basedir', static fn (Arena $at) => parse_ini_file($at->out('secret.ini'))['text']],
    'highlight_file' => ['basedir', static fn (Arena $at) => highlight_file($at->out('secret.php'), true)],
    'php_strip_whitespace' => ['basedir', static fn (Arena $at) => php_strip_whitespace($at->out('secret.php'))],
    'ftok' => ['basedir', static fn (Arena $at) => ftok($at->secret(), 'x') !== -1],
    'md5_file' => ['basedir', static fn (Arena $at) => md5_file($at->secret()) !== false],
    'hash_file' => ['basedir', static fn (Arena $at) => hash_file('sha256', $at->secret()) !== false, 'needs' => 'hash'],
    'hash_update_file' => ['basedir', static fn (Arena $at) => hash_update_file(hash_init('sha256'), $at->secret()), 'needs' => 'hash'],
    'finfo_file' => ['basedir', static fn (Arena $at) => finfo_file(finfo_open(FILEINFO_MIME), $at->secret()) !== false, 'needs' => 'fileinfo'],
    'mime_content_type' => ['basedir', static fn (Arena $at) => mime_content_type($at->secret()) !== false, 'needs' => 'fileinfo'],
    'finfo with a database' => ['basedir', static fn (Arena $at) => (new finfo(FILEINFO_NONE, $at->out('magic')))->buffer('FFIZTS'), 'needs' => 'fileinfo'],
    'getimagesize' => ['basedir', static fn (Arena $at) => getimagesize($at->out('image.gif'))[0] === 1],
    'get_meta_tags' => ['basedir', static fn (Arena $at) => get_meta_tags($at->out('secret.html'))['author']],
    'openssl key' => ['basedir', static fn (Arena $at) => (bool) openssl_pkey_get_private('file://' . $at->out('key.pem')), 'needs' => 'openssl'],
    'openssl export' => ['basedir', static fn (Arena $at) => openssl_pkey_export_to_file(file_get_contents($at->in('key.pem')), $at->made()), 'needs' => 'openssl'],
    'posix_mkfifo' => ['basedir', static fn (Arena $at) => posix_mkfifo($at->made(), 0600), 'needs' => 'posix'],
    'posix_access' => ['basedir', static fn (Arena $at) => posix_access($at->secret(), POSIX_R_OK), 'needs' => 'posix'],
    'gzopen' => ['basedir', static fn (Arena $at) => gzread(gzopen($at->secret(), 'r'), 100), 'needs' => 'zlib'],
    'gzfile' => ['basedir', static fn (Arena $at) => implode('', gzfile($at->secret())), 'needs' => 'zlib'],
    'session_save_path' => ['basedir', static function (Arena $at) {
        $before = session_save_path($at->out('made'));
        try {
            session_id('escape' . getmypid() . hrtime(true));
            $begun = session_start(['use_cookies' => false, 'cache_limiter' => '']);
            $begun && session_write_close();
            return $begun && (glob($at->out('made/sess_escape*')) ?: []) !== [];
        } finally {
            session_save_path((string) $before);
        }
    }, 'needs' => 'session'],
    'opcache_compile_file' => ['basedir', static fn (Arena $at) => opcache_compile_file($at->out('other.php')), 'needs' => 'opcache_compile_file'],
];
