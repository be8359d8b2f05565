<?php

declare(strict_types=1);

/** Without a directory in open_basedir no file is to be had: tries some in each way that needs none itself; the argument is one. */
$try = static fn (string $file): string => implode(' ', array_keys(array_filter([
    'file_get_contents' => @file_get_contents($file) !== false,
    'include' => (static function () use ($file) { ob_start(); try { return (@include $file) !== false; } finally { ob_end_clean(); } })(),
    'fopen' => (bool) @fopen($file, 'r'),
    'scandir' => @scandir(dirname($file)) !== false,
    'file_exists' => file_exists($file),
    'realpath' => realpath($file) !== false,
    'SplFileObject' => (static function () use ($file) { try { return (bool) new SplFileObject($file); } catch (RuntimeException) { return false; } })(),
    'touch' => @touch($file),
])));
if ($argv[2] !== '') { ini_set('open_basedir', $argv[2]); }
$vm = FfiZts::boot(['threads' => 2]);
foreach ([
    'host' => static fn () => $try($argv[1]),
    'task' => static fn () => $vm->run($try, [$argv[1]])->await(30),
    'thread' => static fn () => $vm->thread()->run($try, [$argv[1]])->await(30),
    'pool' => static fn () => $vm->pool(1)->map([$argv[1]], $try)[0],
    'nested' => static fn () => $vm->run(static fn (string $file, Closure $try) => FfiZts::boot()->run($try, [$file])->await(30), [$argv[1], $try])->await(30),
    'script' => static function () use ($vm, $argv) { try { return 'exit ' . $vm->runScript($argv[1])->exitCode; } catch (FfiZts\Exception) { return ''; } },
] as $way => $do) {
    echo "$way: ", $do(), "\n";
}
