--TEST--
What is no regular file is no script, nothing that runs before one and no php.ini: whoever opens a pipe waits for its writer
--SKIPIF--
<?php
if (!function_exists('posix_mkfifo')) die('skip posix is not loaded');
?>
--EXTENSIONS--
posix
--FILE--
<?php
require __DIR__ . '/../support.inc';

posix_mkfifo(tmp('pipe'), 0600);
mkdir(tmp('directory'));
posix_mkfifo(tmp('directory/php.ini'), 0600);
$empty = script('return 1;');
foreach ([
    'script' => 'FfiZts::boot()->runScript(PIPE)',
    'future' => 'FfiZts::boot()->startScript(PIPE)->await()',
    'device' => 'FfiZts::boot()->runScript("/dev/zero")',
    'nothing' => 'FfiZts::boot()->runScript("/dev/null")->exitCode',
    'prepend' => 'FfiZts::boot(["prepend" => [PIPE]])->runScript(EMPTY)',
    'bootstrap' => 'FfiZts::boot(["bootstrap" => PIPE])->runScript(EMPTY)',
    'bootstrap of tasks' => 'FfiZts::boot(["bootstrap" => PIPE])->run("strlen", ["x"])->await()',
    'php.ini' => 'FfiZts::boot(["ini_file" => PIPE])->runScript(EMPTY)',
    'its directory' => 'FfiZts::boot(["ini_file" => DIRECTORY])->runScript(EMPTY)',
] as $label => $code) {
    $code = strtr($code, ['PIPE' => var_export(tmp('pipe'), true), 'EMPTY' => var_export($empty, true), 'DIRECTORY' => var_export(tmp('directory'), true)]);
    $process = php("thrown(fn () => $code);", limit: 15);
    echo "$label: ", $process['status'], ' ', plain(trim($process['out'])), "\n";
}
?>
--EXPECTF--
script: 0 FfiZts\ScriptException: cannot open script %spipe: it is no regular file
future: 0 FfiZts\ScriptException: cannot open script %spipe: it is no regular file
device: 0 FfiZts\ScriptException: cannot open script /dev/zero: it is no regular file
nothing: 0 nothing thrown, returned int
prepend: 0 FfiZts\ScriptException: Failed opening required '%spipe': it is no regular file
bootstrap: 0 FfiZts\ScriptException: bootstrap: cannot open script %spipe: it is no regular file
bootstrap of tasks: 0 FfiZts\ScriptException: Failed opening required '%spipe': it is no regular file
php.ini: 0 FfiZts\BootException: boot: ini_file %spipe is refused: not a regular file; name a file
its directory: 0 FfiZts\BootException: boot: ini_file %sdirectory/php.ini is refused: not a regular file; name a file
