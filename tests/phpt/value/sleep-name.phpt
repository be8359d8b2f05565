--TEST--
Values: a hook may free the name of a property while that property is written; an error's path still has it
--FILE--
<?php
require __DIR__ . '/../support.inc';

$classes = <<<'PHP'
class Freeing
{
    public $sleeper;
    function __serialize(): array
    {
        $this->sleeper->names = null;
        $GLOBALS['others'] = array_map(fn ($i) => str_replace('1', "$i", 'OTHER1'), range(2, 9)); // where the name was
        return [];
    }
    function __unserialize(array $state): void {}
}
#[AllowDynamicProperties]
class Sleeper
{
    public $names;
    function __sleep() { $this->names = str_replace('1', '', 'p1rops'); return [&$this->names]; }
}
function refused(): object
{
    $sleeper = new Sleeper();
    $freeing = new Freeing();
    $freeing->sleeper = $sleeper;
    $sleeper->props = [$freeing, fopen('php://output', 'w')];
    return $sleeper;
}
PHP;
eval($classes);
$vm = FfiZts::boot(['threads' => 1, 'bootstrap' => script($classes)]);
thrown(fn () => $vm->run('strlen', [refused()])->await());
thrown(fn () => $vm->run('refused')->await());
?>
--EXPECT--
FfiZts\TransferException: argument $args[0]->props[1]: a stream without a descriptor (Output) cannot cross to another thread
FfiZts\TransferException: value->props[1]: a stream without a descriptor (Output) cannot cross to another thread
