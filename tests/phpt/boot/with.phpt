--TEST--
with…() returns a changed VM, leaves its own as it is, and is refused once the guest has started
--FILE--
<?php
require __DIR__ . '/../support.inc';

$plain = FfiZts::boot(['ini' => ['precision' => 7]]);
$one = script('echo "[one]";');
$two = script('echo "[two]";');
file_put_contents(tmp('php.ini'), "user_agent=agent\n");
$vm = $plain->withIniEntry('precision', 5)->withIniEntry('date.timezone', 'Asia/Tokyo')->withIniFile(tmp('php.ini'))
    ->withPrepend($one, $two)->withPrepend($one)->withExtensionDir(runtime() . '/ext');
var_dump($vm instanceof FfiZts\Vm, $vm !== $plain);
thrown(fn () => $plain->withIniEntry("bad name", 1));
thrown(fn () => $plain->withExtension(''));
thrown(fn () => $plain->withPrepend(''));
echo json_encode($vm->runScript(script('return [ini_get("precision"), ini_get("date.timezone"), ini_get("user_agent")];'))->value, JSON_UNESCAPED_SLASHES), "\n";
// The guest has started: nothing can be configured any more, and the VM that was left unchanged is another one.
foreach ([fn () => $vm->withIniEntry('precision', 6), fn () => $vm->withIniFile('x'), fn () => $vm->withExtension('x'),
    fn () => $vm->withExtensionDir('x'), fn () => $vm->withPrepend('x'), fn () => $vm->withBootstrap('x')] as $change) {
    thrown($change);
}
thrown(fn () => $plain->runScript(script('')));
?>
--EXPECTF--
bool(true)
bool(true)
FfiZts\Error: %s
FfiZts\Error: %s
FfiZts\Error: %s
[one][two][one]["5","Asia/Tokyo","agent"]
FfiZts\Error: %sstarted%s
FfiZts\Error: %sstarted%s
FfiZts\Error: %sstarted%s
FfiZts\Error: %sstarted%s
FfiZts\Error: %sstarted%s
FfiZts\Error: %sstarted%s
FfiZts\Error: %sother options%s
