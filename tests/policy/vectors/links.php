<?php

declare(strict_types=1);

/** Names that lead elsewhere: links, dots, /proc, and what changes between two looks. */

return [
    'dots' => ['basedir', static fn (Arena $at) => file_get_contents($at->in('../out/secret'))],
    'dots behind a missing directory' => ['basedir', static fn (Arena $at) => file_get_contents($at->in('missing/../../out/secret'))],
    'a name that begins alike' => ['basedir', static fn (Arena $at) => file_get_contents($at->directory . '/inside/secret')],
    'slashes' => ['basedir', static fn (Arena $at) => file_get_contents($at->directory . '//out/././/secret')],
    'a link that is there' => ['basedir', static fn (Arena $at) => file_get_contents($at->in('link'))],
    'a link to a directory' => ['basedir', static fn (Arena $at) => file_get_contents($at->in('directory/secret'))],
    'a link to a link' => ['basedir', static fn (Arena $at) => symlink($at->in('link'), $own = $at->own()) ? file_get_contents($own) : false],
    'include of a link' => ['basedir', static fn (Arena $at) => include $at->in('link.php')],
    'writing through a link' => ['basedir', static fn (Arena $at) => symlink($at->made(), $own = $at->own()) && file_put_contents($own, 'x')],
    'a link that hangs' => ['basedir', static fn (Arena $at) => file_put_contents($at->in('hanging'), 'x') === 1],
    'a relative link' => ['basedir', static fn (Arena $at) => symlink('../../out/secret', $own = $at->own()) ? file_get_contents($own) : false],
    'a directory that becomes a link' => ['basedir', static function (Arena $at) {
        mkdir($own = $at->own());
        file_put_contents("$own/secret", 'allowed');
        file_get_contents("$own/secret");
        unlink("$own/secret");
        rmdir($own);
        return symlink($at->out(), $own) ? file_get_contents("$own/secret") : false;
    }],
    'a link whose directories are swapped' => ['basedir', static function (Arena $at) {
        mkdir($own = $at->own());
        mkdir("$own/a/b/c", 0777, true);
        $before = getcwd();
        chdir($own);
        try {
            symlink('a/b/c', 'one');
            symlink('one/../../../../../out/secret', 'two');
            unlink('one');
            mkdir('one');
            $deep = @file_get_contents('two');
            rmdir('one');
            mkdir('x/y', 0777, true);
            symlink('x/y', 'one');
            return $deep . @file_get_contents('two');
        } finally {
            chdir((string) $before);
        }
    }],
    'a race of check and use' => ['basedir', static function (Arena $at) {
        [$own, $got] = [$at->own(), ''];
        for ($n = 0; $n < 50; $n++) {
            copy($at->in('allowed'), $own);
            is_readable($own);
            unlink($own);
            symlink($at->secret(), $own);
            $got .= @file_get_contents($own);
            @unlink($own);
        }
        return $got;
    }],
    '/proc/self/root' => ['basedir', static fn (Arena $at) => file_get_contents('/proc/self/root' . $at->secret())],
    '/proc/thread-self/root' => ['basedir', static fn (Arena $at) => file_get_contents('/proc/thread-self/root' . $at->secret())],
    '/proc of the number' => ['basedir', static fn (Arena $at) => file_get_contents('/proc/' . getmypid() . '/root' . $at->secret())],
    '/proc/self/cwd' => ['basedir', static fn (Arena $at) => file_get_contents('/proc/self/cwd/' . str_repeat('../', 20) . $at->secret())],
    '/proc/self/fd' => ['basedir', static fn (Arena $at) => (bool) scandir('/proc/self/fd')],
    '/proc/self/fd of a number' => ['basedir', static fn (Arena $at) => (bool) fopen('/proc/self/fd/0', 'r')],
    '/dev/fd' => ['basedir', static fn (Arena $at) => (bool) fopen('/dev/fd/0', 'r')],
    '/proc/self/environ' => ['basedir', static fn (Arena $at) => file_get_contents('/proc/self/environ') !== false],
    '/proc/self/mem' => ['basedir', static fn (Arena $at) => (bool) fopen('/proc/self/mem', 'r+')],
    '/proc/self/maps' => ['basedir', static fn (Arena $at) => str_contains((string) file_get_contents('/proc/self/maps'), 'stack')],
    'include of /proc/self/environ' => ['basedir', static function (Arena $at) {
        ob_start();
        $included = include '/proc/self/environ';
        return ob_get_clean() !== false && $included === 1;
    }],
    '/dev/stdin' => ['basedir', static fn (Arena $at) => (bool) fopen('/dev/null', 'r')],
];
