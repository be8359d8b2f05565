<?php

// A task keeps a channel that has a name; the next request of this child is not to meet it.
use FfiZts\Channel;

header('Content-Type: text/plain');
$vm = FfiZts::boot(['threads' => 1]);
try {
    $channel = Channel::make('shared', 1);
} catch (FfiZts\Error $e) {
    exit($e->getMessage());
}
$channel->send('secret');
if (isset($_GET['hang'])) {
    $vm->run(function () {
        eval('class Hanging { function __destruct() { while (true); } }');
        $GLOBALS['hanging'] = new Hanging();
    })->await();
}
if (isset($_GET['lost'])) {
    $vm->run(function () {
        $kept = Channel::open('shared');
        $kept->send('begun');
        hash_pbkdf2('sha256', '', '', 200_000_000); // which no stop ends
    });
    $channel->recv(); // the secret
    $channel->recv();
    exit('left');
}
$vm->run(function () {
    $GLOBALS['kept'] = Channel::open('shared');
    for ($i = 0; $i < 20000; $i++) {
        $GLOBALS['much'][] = new ArrayObject([$i]);
    }
})->await();
echo 'made';
