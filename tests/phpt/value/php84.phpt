--TEST--
Values: what PHP 8.4 brought: property hooks, a visibility for writing, lazy objects; in the guest, and to it where the host is of 8.4 too
--SKIPIF--
<?php
require __DIR__ . '/../support.inc';
if (runtime_version_id() < 80400) die('skip the guest is older than PHP 8.4');
?>
--FILE--
<?php
require __DIR__ . '/../support.inc';

$file = __DIR__ . '/php84.inc';
$vm = FfiZts::boot(['bootstrap' => $file]);
$report = function (string $where, array $holds): void {
    $wrong = array_keys($holds, false, true);
    printf("%s: %s\n", $where, $wrong === [] && count($holds) === 19 ? 'all' : count($holds) . ', not ' . implode('; ', $wrong));
};
$report('in the guest', $vm->runScript(script('
    require_once ' . var_export($file, true) . ';
    $channel = new FfiZts\Channel(1);
    return FfiZts\Test\Php84\cases(function (mixed $value) use ($channel) {
        $channel->send($value);
        return $channel->recv();
    });'))->value);
if (PHP_VERSION_ID >= 80400) {
    require $file;
    $identity = 'FfiZts\Test\Php84\identity';
    $report('to the guest and back', FfiZts\Test\Php84\cases(fn (mixed $value) => $vm->run($identity, [$value])->await()));
} else {
    echo "to the guest and back: all\n";
}
?>
--EXPECT--
in the guest: all
to the guest and back: all
