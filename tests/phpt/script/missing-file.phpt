--TEST--
A script that cannot be opened is a ScriptException that says why
--FILE--
<?php
require __DIR__ . '/../support.inc';

Probe::start();
$vm = FfiZts::boot();
thrown(fn () => $vm->runScript(tmp('no-such-file.php')));
thrown(fn () => $vm->runScript(tmp()));
thrown(fn () => $vm->runScript(''));
thrown(fn () => $vm->runScript("with\0nul.php"));
thrown(fn () => $vm->runScript('relative-missing.php'));
$future = $vm->startScript(tmp('no-such-file.php'));
thrown(fn () => $future->await());
thrown(fn () => $future->await());
file_put_contents(tmp('no-php.txt'), "no php in here\n");
file_put_contents(tmp('empty'), '');
file_put_contents(tmp('shebang'), "#!/usr/bin/env php\n<?php echo __LINE__, \"\\n\";");
foreach (['no-php.txt', 'empty', 'shebang'] as $file) {
    echo $vm->runScript(tmp($file))->exitCode, "\n";
}
Probe::assertSame();
?>
--EXPECTF--
FfiZts\ScriptException: %s{tmp}/no-such-file.php: No such file or directory%S
FfiZts\ScriptException: %s{tmp}%s
FfiZts\%s: %s
FfiZts\%s: %s
FfiZts\ScriptException: %srelative-missing.php: No such file or directory%S
FfiZts\ScriptException: %s{tmp}/no-such-file.php: No such file or directory%S
FfiZts\ScriptException: %s{tmp}/no-such-file.php: No such file or directory%S
no php in here
0
0
2
0
same
