<?php
//# Statics, ini settings, locale, environment and directory are each job's own.
//# options: --jobs 12 --threads 4 --parallel
//# valgrind
//# stdout: own
//# stdout-lines: 12
$mine = bin2hex(random_bytes(8));
ini_set('precision', (string) (5 + ord($mine[0]) % 9));
$precision = ini_get('precision');
putenv("FFI_ZTS_MINE=$mine");
mb_internal_encoding($mine[0] < '8' ? 'UTF-8' : 'ISO-8859-1');
$encoding = mb_internal_encoding();
chdir($mine[0] < '8' ? '/tmp' : '/usr');
$directory = getcwd();
define('MINE', $mine);
eval("class Mine { const V = '$mine'; }");
usleep(20000);
$same = ini_get('precision') === $precision && getenv('FFI_ZTS_MINE') === $mine && mb_internal_encoding() === $encoding
    && getcwd() === $directory && MINE === $mine && Mine::V === $mine;
echo $same ? "own\n" : "shared\n";
