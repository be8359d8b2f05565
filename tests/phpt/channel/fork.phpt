--TEST--
In the child of a fork channels are refused, not waited for; the parent's go on
--SKIPIF--
<?php
if (!extension_loaded('pcntl')) {
    die('skip needs pcntl');
}
?>
--FILE--
<?php
require __DIR__ . '/../support.inc';

$vm = FfiZts::boot(['threads' => 1]);
$channel = FfiZts\Channel::make('c', 1);
$view = FfiZts\Int64View::fromArray([1, 2]);
$vm->runScript(script('FfiZts\Channel::open("c")->send(1);'));
$child = pcntl_fork();
if ($child === 0) {
    thrown(fn () => $channel->recv());
    thrown(fn () => $channel->send(1));
    thrown(fn () => FfiZts\Channel::open('c'));
    thrown(fn () => FfiZts\select([$channel]));
    thrown(fn () => $view->getBuffer()->wait(0, 1));
    exit(0);
}
pcntl_waitpid($child, $status);
var_dump($status, $channel->recv());
?>
--EXPECT--
FfiZts\Error: this process is the child of one that had booted a guest: what the guest's threads share cannot be used here
FfiZts\Error: this process is the child of one that had booted a guest: what the guest's threads share cannot be used here
FfiZts\Error: this process is the child of one that had booted a guest: what the guest's threads share cannot be used here
FfiZts\Error: this process is the child of one that had booted a guest: what the guest's threads share cannot be used here
FfiZts\Error: this process is the child of one that had booted a guest: what the guest's threads share cannot be used here
int(0)
int(1)
