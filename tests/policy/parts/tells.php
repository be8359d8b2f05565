<?php

declare(strict_types=1);

/** What a guest has; the arguments say of what, and the mark is told for what a confined host has not. */

[, $what, $name] = $argv + [2 => ''];

return match ($what) {
    'nothing' => null,
    'setting' => (string) ini_get($name) . (str_contains((string) ini_get($name), '/out') || str_starts_with((string) ini_get($name), 'cat') ? 'S3CRET' : ''),
    'global' => $GLOBALS[$name] ?? '',
    'extension' => extension_loaded($name),
    'class' => implode('', (new ArrayObject(['S3CRET']))->getArrayCopy()),
    'ffi' => FFI::cdef('int getpid(void);')->getpid() > 0,
    'dl' => @dl('threads.so'),
    'descriptor' => (bool) @fopen('php://fd/1', 'w'),
    'magic' => (new finfo(FILEINFO_NONE))->buffer('FFIZTS'),
    'directory' => sys_get_temp_dir(),
};
